"""What a program's header may ask for, and what of it is refused in a sentence."""

from __future__ import annotations

import pytest

from services.script import Script, script

HEADER = """# /// script
# requires-python = ">=3.11"
# dependencies = ["polars>=1.0", "scikit-learn"]
# [tool.raygen]
# resources = { CPU = 2, memory = 1e9 }
# ///
import ray
"""


def test_packages_and_resources_are_read():
    assert script(HEADER) == Script(("polars>=1.0", "scikit-learn"), {"CPU": 2.0, "memory": 1e9})


@pytest.mark.parametrize("code", ["", "import ray\n", "# /// script\nimport ray\n", "x = '# /// script'\n"])
def test_a_program_without_a_header_asks_for_nothing(code: str):
    assert script(code) == Script()


@pytest.mark.parametrize(
    "package",
    [
        "git+https://example.com/x.git",
        "https://example.com/x.whl",
        "--index-url=https://example.com x",
        "./local",
        "x @ https://example.com/x.whl",
        "",
        "x; rm -rf /",
    ],
)
def test_only_names_with_versions_are_packages(package: str):
    found = script(f"# /// script\n# dependencies = [{package!r}]\n# ///\n")
    assert found.packages == ()
    assert "only names with versions" in found.problem


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("dependencies = 'polars'", "wrong at dependencies"),
        ("dependencies = [", "no TOML"),
        ("tool.raygen.resources = { CPU = -1 }", "wrong at tool.raygen.resources.CPU"),
        ("tool.raygen.resources = { 'a b' = 1 }", "no name of a resource"),
        ("tool.raygen.resources = { CPU = nan }", "wrong at tool.raygen.resources.CPU"),
    ],
)
def test_a_wrong_header_is_told_in_a_sentence(line: str, problem: str):
    assert problem in script(f"# /// script\n# {line}\n# ///\n").problem


def test_two_headers_are_one_too_many():
    assert "more than one" in script(HEADER + HEADER).problem
