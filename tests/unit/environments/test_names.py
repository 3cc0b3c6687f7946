"""Which package an import means, and when that is not certain."""

from __future__ import annotations

import pytest

from services.environments.names import undeclared


@pytest.mark.parametrize(
    ("imported", "package"),
    [
        ("sklearn", "scikit-learn"),
        ("PIL", "pillow"),
        ("cv2", "opencv-python-headless"),
        ("yaml", "pyyaml"),
        ("torch", "torch"),
    ],
)
def test_a_well_known_import_names_its_package(imported: str, package: str):
    found = undeclared([imported])
    assert (found.requirements, found.unknown, found.sentence) == ((package,), (), "")


def test_an_unknown_import_never_names_a_package():
    found = undeclared(["polarss", "nothing_known", "google"])
    assert found.requirements == ()
    assert found.unknown == ("polarss", "nothing_known", "google")
    assert found.sentence == (
        "It imports `polarss`, `nothing_known`, `google`; declare the packages that provide them in its `script` block."
    )


@pytest.mark.parametrize(
    ("imported", "declared"),
    [
        ("cv2", "opencv-python>=4"),
        ("sklearn", "scikit_learn"),
        ("google", "google-cloud-storage"),
        ("faiss", "faiss-gpu"),
    ],
)
def test_what_is_declared_is_not_asked_for_again(imported: str, declared: str):
    assert undeclared([imported], [declared]) == undeclared([])
