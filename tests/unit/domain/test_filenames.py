"""Names of input files: none of them is found by an import that was not meant for it, or runs as Python starts."""

import sys
from importlib.machinery import PathFinder, all_suffixes
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.domain.errors import BadRequest
from services.domain.filenames import importable, objection
from services.domain.input_files import checked
from services.domain.values import InputFile

RAYGEN = ["bot", "handlers", "services", "raygen_driver", "inside", "program", "launch"]
HOOKS = ["sitecustomize", "usercustomize", "__main__", "__init__", "__future__", "__pycache__"]
TAKEN = sorted(
    {*sys.stdlib_module_names, *packages_distributions(), *RAYGEN, *HOOKS, "ray", "torch", "polars"}
)
ENDINGS = [
    *all_suffixes(),
    ".abi3.so",
    ".pyd",
    ".PY",
    ".cpython-312-x86_64-linux-gnu.so",
    "/__init__.py",
    "/x.csv",
]
WIDE = {ord(letter): chr(ord(letter) + 0xFEE0) for letter in map(chr, range(33, 127)) if letter not in "/."}


def disguised(name: str) -> st.SearchStrategy[str]:
    """The name as it is, in other cases, and in letters that Python's parser takes for the same ones."""
    return st.sampled_from([name, name.upper(), name.title(), name.swapcase(), name.translate(WIDE)])


@given(st.sampled_from(TAKEN).flatmap(disguised), st.sampled_from(ENDINGS))
def test_what_stands_in_for_a_known_module_is_refused_however_it_is_written(module: str, ending: str):
    with pytest.raises(BadRequest, match="The input file"):
        checked([InputFile(module + ending, b"")])


@pytest.mark.parametrize(
    "name",
    [
        *(
            "sitecustomize.py",
            "usercustomize.py",
            "sitecustomize/__init__.py",
            "pkg/sitecustomize.py",
            "x.pth",
        ),
        *(
            "a.pyc",
            "a.pyo",
            "a.so",
            "libcuda.so.1",
            "a.abi3.so",
            "pkg/__pycache__/core.cpython-311.pyc",
            "a.dll",
            "a.egg-link",
        ),
        *(
            "evil-1.0.dist-info/entry_points.txt",
            "evil.egg-info/PKG-INFO",
            "evil.egg",
            "pyvenv.cfg",
            "setup.cfg",
        ),
        *(
            "pyproject.toml",
            "uv.toml",
            "ray_bootstrap_config/x",
            "train.PY",
            "a.pyw",
            "conftest.py",
            "outputs/a.csv",
        ),
        *(
            ".rayignore",
            ".gitignore",
            "pkg/.hidden.py",
            "../up.py",
            "a/../../b.py",
            "/abs.py",
            "a//b.py",
            "a/",
            "./a",
        ),
        *("a\\b.py", "C:data.csv", "a/b/c/d/e/f/g/h/i.py", "a\u202egpj.py", "null\u200b.csv", "\udc80.csv"),
    ],
)
def test_hooks_caches_compiled_code_and_paths_are_refused(name: str):
    with pytest.raises(BadRequest) as refused:
        checked([InputFile(name, b"")])
    assert refused.value.public.count(". ") == 0, "one sentence"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "helpers.py",
            "main.py",
            "pkg/__init__.py",
            "pkg/core.py",
            "pkg/random.py",
            "pkg/__main__.py",
            "my-script.py",
        ),
        *(
            "random.csv",
            "ray.txt",
            "numpy",
            "data/orders.csv",
            "Ünïcödé 数据.csv",
            "-rf.csv",
            "report (1).csv",
            "test.py",
        ),
    ],
)
def test_ordinary_modules_packages_and_data_are_taken(name: str):
    assert objection(name) == ""
    assert checked([InputFile(name, b"")])


PARTS = st.one_of(
    st.sampled_from([*TAKEN, "helpers", "pkg", "data"]).flatmap(disguised),
    st.text("abr_.pyso/-csv", min_size=1, max_size=12),
)
NAMES = st.builds(
    lambda stem, ending: stem + ending, PARTS, st.sampled_from(["", ".csv", "/core.py", *ENDINGS])
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NAMES, max_size=4))
def test_python_itself_finds_none_of_its_modules_among_accepted_files(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
):
    """Asked by its own finder: a directory with these files gives no known module, and as code only `.py` files."""
    place = tmp_path_factory.mktemp("inputs")
    accepted = [name for name in names if not objection(name)]
    try:
        checked([InputFile(name, b"") for name in accepted])
    except BadRequest:
        return  # a file and a folder of the same name
    for name in accepted:
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    PathFinder.invalidate_caches()
    found = {path.name.partition(".")[0] for path in place.iterdir()}
    for module in {*TAKEN} & {*found, *map(str.casefold, found)}:
        spec = PathFinder.find_spec(module, [str(place)])
        assert spec is None or spec.origin is None, module
    for module in found:
        spec = PathFinder.find_spec(module, [str(place)])
        if spec is not None and spec.origin is not None:
            assert importable(Path(spec.origin).name)


@given(st.lists(st.sampled_from(["a", "a/b", "a/b/c.py", "a/x.csv", "b"]), min_size=2, max_size=4))
def test_no_name_is_a_file_and_a_folder_or_twice_there(names: list[str]):
    clash = len(set(names)) < len(names) or any(
        f"{one}/" == other[: len(one) + 1] for one in names for other in names
    )
    files = [InputFile(name, b"") for name in names]
    if clash:
        with pytest.raises(BadRequest, match="rename one of them"):
            checked(files)
    else:
        assert checked(files) == tuple(files)


@pytest.mark.parametrize(
    "content",
    [
        b"# coding: utf-7\n+AGkAbQBwAG8AcgB0AA-",
        b"#!python\r# coding: unicode_escape\r",
        b"# -*- coding: nobody-knows -*-\n",
        b"x = '\xe4'\n",
        b"x = 1\0",
    ],
)
def test_code_that_python_would_read_otherwise_than_people_is_refused(content: bytes):
    with pytest.raises(BadRequest, match=r"UTF-8|NUL"):
        checked([InputFile("helpers.py", content)])
    assert checked([InputFile("helpers.txt", content)]), "data may hold anything"
