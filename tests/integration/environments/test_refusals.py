"""What can't be had is one sentence that says what to do, and leaves nothing behind."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services.domain.errors import PackagesRefused
from services.environments.present import PLATFORM, PYTHON, installed
from services.environments.terms import Allowed, Index
from tests.integration.environments.conftest import Place
from tests.package_index import PackageIndex, source, wheel
from tests.small_disk import mounted

NUMPY = installed()["numpy"]


async def refused(place: Place, *requirements: str, **needs: object) -> str:
    with pytest.raises(PackagesRefused) as found:
        await place.install(await place.lock(*requirements, **needs))
    assert place.left() == []
    return found.value.public


async def test_a_package_that_does_not_exist(index: PackageIndex, place: Place):
    index.add(wheel("above", requires=["below"]))

    where = f"on 127.0.0.1:{index.port}"
    assert await refused(place, "nothere>=1") == (
        f"There is no package nothere {where}. Correct its name, or remove it from the program."
    )
    assert await refused(place, "above") == (
        f"There is no package below, which above depends on, {where}. Use another version of above."
    )


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("one>=3", "There is no version of one that matches >=3. The newest is 2.0. Change the version."),
        ("yanked", "yanked 1.0 was yanked from the index by its maker. Use another version."),
        (
            "newer",
            f"newer 1.0 requires Python >=3.99, and programs run with Python {PYTHON} here. Use another version.",
        ),
        (
            "code",
            (
                f"code 1.0 has no wheel for {PLATFORM}, only its source code. Use another version or package, or have an"
                " operator allow builds with RAYGEN_PACKAGE_BUILDS."
            ),
        ),
        ("windows", f"windows 1.0 has no wheel for {PLATFORM}. Use another version or package."),
        (
            "old",
            f"old requires numpy<2, but Ray needs numpy {NUMPY} here. Use a version of it that works with numpy {NUMPY}.",
        ),
        (
            "numpy<2",
            (
                f"The program requires numpy<2, but Ray needs numpy {NUMPY} here. Use a version of numpy that works with"
                f" numpy {NUMPY}."
            ),
        ),
        (
            "one @ https://example.com/one.whl",
            "It asks for a package by a URL; only names with versions can be installed.",
        ),
    ],
)
async def test_a_package_that_does_not_fit(index: PackageIndex, place: Place, wanted: str, expected: str):
    index.add(wheel("one", "2.0"))
    index.add(wheel("yanked"), yanked=True)
    index.add(wheel("newer"), requires_python=">=3.99")
    index.add(source("code", "1.0", ""))
    index.add(wheel("windows", tag="cp311-cp311-win_amd64"))
    index.add(wheel("old", requires=["numpy<2"]))

    assert await refused(place, wanted) == expected


async def test_packages_that_exclude_each_other(index: PackageIndex, place: Place):
    index.add(wheel("one", requires=["shared<2"]))
    index.add(wheel("two", requires=["shared>=2"]))
    index.add(wheel("shared", "1.0"))
    index.add(wheel("shared", "2.0"))

    sentence = await refused(place, "one", "two")

    assert sentence.startswith("Its packages can't be installed together: ")
    assert "one" in sentence
    assert "shared" in sentence


async def test_another_python_is_asked_for(place: Place):
    sentence = f"It requires Python >=3.99, and programs run with Python {PYTHON} here. Change its `requires-python`."
    assert await refused(place, "one", requires_python=">=3.99") == sentence


async def test_content_that_is_not_what_its_hash_says(index: PackageIndex, place: Place):
    index.add(wheel("one"))
    lock = await place.lock("one")
    place.forget_downloads()
    index.files["one"]["one-1.0-py3-none-any.whl"].content = wheel("one", files={"one.py": "harm"})[1]

    with pytest.raises(PackagesRefused, match="sent doesn't match its hash, so nothing was installed"):
        await place.install(lock)

    assert place.left() == []
    assert list((place.root / "wheels").iterdir()) == []


async def test_an_index_that_does_not_answer(index: PackageIndex, make: Callable[..., Place]):
    index.add(wheel("one"))
    with PackageIndex() as closed:
        pass
    index.status = 503

    name = f"The package index 127.0.0.1:{index.port} can't be used:"
    assert await refused(make(), "one") == f"{name} it answers with status 503. Try again in a few minutes."
    gone = make("other", indexes=(Index.parse(closed.url),))
    assert await refused(gone, "one") == (
        f"The package index 127.0.0.1:{closed.port} can't be used: it can't be reached. Try again in a few minutes."
    )


async def test_more_than_is_allowed_to_be_downloaded(index: PackageIndex, make: Callable[..., Place]):
    index.add(wheel("one", files={"one.py": b"#" * 5000}))
    known = make(max_size=400)
    lock = await make("large").lock("one")

    with pytest.raises(PackagesRefused) as found:
        await known.install(lock)
    assert found.value.public.startswith(
        f"Its packages take {lock.size} B to download, and at most 400 B are allowed."
    )
    unknown = replace(lock, packages=(replace(lock.packages[0], size=None),))
    with pytest.raises(PackagesRefused, match="Its packages take more than 400 B to download"):
        await known.install(unknown)
    assert known.left() == []


async def test_more_than_is_allowed_once_it_is_unpacked(index: PackageIndex, make: Callable[..., Place]):
    index.add(wheel("bomb", files={"bomb.py": b"#" * 50_000_000}))

    sentence = await refused(make(max_unpacked=20_000_000), "bomb")

    assert sentence.startswith("Its packages take more than 20 MB once they are installed.")


async def test_files_elsewhere(index: PackageIndex, place: Place, make: Callable[..., Place]):
    with PackageIndex() as elsewhere:
        elsewhere.add(wheel("one"))
        index.add(wheel("one"), url=f"http://127.0.0.1:{elsewhere.port}/files/one-1.0-py3-none-any.whl")

        sentence = await refused(place, "one")
        allowed = make("allowed", hosts=frozenset({f"127.0.0.1:{elsewhere.port}"}))

        assert sentence == (
            f"The package index refers to 127.0.0.1:{elsewhere.port}, which isn't an allowed host. An operator can add it to"
            " RAYGEN_PACKAGE_HOSTS."
        )
        assert (await allowed.get("one")).path


async def test_packages_are_off(place: Place, make: Callable[..., Place]):
    assert await refused(make(allowed=Allowed.OFF), "one") == (
        "It needs one, and this raygen installs no packages. Use what is installed, or have an operator set RAYGEN_PACKAGES."
    )


async def test_too_little_time(index: PackageIndex, make: Callable[..., Place]):
    index.add(wheel("one"))
    index.pause = 30

    assert (await refused(make(resolve_wall=1.0, install_wall=1.0), "one")).startswith(
        "Its packages were not ready within 1.00 s."
    )


@pytest.mark.parametrize(
    "extra", ["--index-url https://example.com\n", "one @ https://example.com/one.whl\n", "two==1.0\n"]
)
async def test_a_lock_that_holds_anything_else(index: PackageIndex, place: Place, extra: str):
    index.add(wheel("one"))
    lock = await place.lock("one")

    with pytest.raises(PackagesRefused, match="Its lock of packages is not valid"):
        await place.install(replace(lock, requirements=lock.requirements + extra))


async def test_credentials_are_used_and_never_shown(index: PackageIndex, make: Callable[..., Place]):
    index.login = "reader:s3cr3t-pass"
    index.add(wheel("one"))
    index.add(wheel("two"))
    place = make(indexes=(Index.parse(index.url),))
    environment = await place.get("one")

    wrong = make("wrong", indexes=(Index.parse(index.url.replace("s3cr3t", "wr0ng")),))
    sentence = await refused(wrong, "two")

    shown = " ".join([repr(place.terms), environment.lock.requirements, sentence, *place.said])
    stored = b"".join(path.read_bytes() for path in place.root.rglob("*") if path.is_file())
    assert "s3cr3t" not in shown
    assert "wr0ng" not in shown
    assert b"s3cr3t" not in stored
    assert "it refuses the credentials. An operator has to correct RAYGEN_PACKAGE_INDEX." in sentence


async def test_a_disk_that_is_full(index: PackageIndex, make: Callable[..., Place], tmp_path: Path):
    index.add(wheel("one", files={"one.bin": os.urandom(6_000_000)}))
    (tmp_path / "small").mkdir()
    with mounted(tmp_path / "small", 8_000_000):
        place = make("small")
        full = await refused(place, "one")
        index.add(wheel("little"))
        assert (await place.get("little")).path
        assert not [path for path in (place.root / "wheels").iterdir() if path.name.startswith(".")]
    assert full == (
        "The disk is full, so its packages can't be installed. An operator has to free some space."
    )
