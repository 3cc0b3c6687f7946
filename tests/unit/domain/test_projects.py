"""Archives, folders, and which of several files is the program."""

from __future__ import annotations

import io
import itertools
import stat
import warnings
import zipfile

import pytest

from services.domain.archives import unpack
from services.domain.errors import BadRequest
from services.domain.projects import WhichProgram, project, unpacked
from services.domain.values import InputFile


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is there twice
        for name, content in files:
            archive.writestr(name, content)
    return made.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def files(**texts: str) -> list[InputFile]:
    return [InputFile(name.replace("__py", ".py"), text.encode()) for name, text in texts.items()]


async def test_the_only_top_folder_is_stripped_and_leftovers_are_named() -> None:
    found = await unpacked(
        zipped(
            ("p/main.py", b"import helpers"),
            ("p/helpers.py", b""),
            ("p/data/a.csv", b"1"),
            ("p/inner.zip", zipped(("x", b"1"))),
            ("p/.git/HEAD", b""),
            ("p/.git/config", b""),
            ("p/__pycache__/main.pyc", b""),
            ("__MACOSX/p/._main.py", b""),
        ),
        name="p.zip",
        total=10**6,
    )
    assert [file.name for file in found.files] == ["data/a.csv", "helpers.py", "inner.zip", "main.py"]
    assert found.note == "left out: .git (2 files), __MACOSX, __pycache__"


def test_a_package_keeps_its_folder() -> None:
    found = unpack(zipped(("pkg/__init__.py", b""), ("pkg/__main__.py", b"")), name="p.zip", total=100)
    assert [file.name for file in found.files] == ["pkg/__init__.py", "pkg/__main__.py"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK nothing", "not a valid zip"),
        (zipped(("../up.py", b"")), "leads out of it"),
        (zipped(("/etc/passwd", b"")), "leads out of it"),
        (zipped(("a/../../b", b"")), "leads out of it"),
        (zipped(("C:/a.py", b"")), "leads out of it"),
        (zipped(("a\\..\\b", b"")), "leads out of it"),
        (zipped((link("a.py"), b"/etc/passwd")), "link or special file"),
        (zipped(("a", bytes(3_000_000))), "times its size"),
        (zipped(*((f"{n}", bytes([n % 251]) * 900) for n in range(400))), "more than 300 kB unpacked"),
        (zipped(*((f"{n}", b"") for n in range(501))), "501 files"),
        (zipped(("a", b"1"), ("a", b"2")), "twice"),
        (zipped((".git/a", b"1")), "no files"),
        (zipped(("a", b"1"))[:-30], "not a valid zip"),
    ],
    ids=itertools.count(),  # the contents have the time in them
)
def test_a_hostile_archive_is_one_sentence(content: bytes, what: str) -> None:
    total = 10**7 if "times" in what else 300_000
    with pytest.raises(BadRequest, match=what) as refused:
        unpack(content, name="p.zip", total=total)
    assert refused.value.public.startswith("p.zip ")


def test_an_archive_that_lies_about_its_sizes_is_counted_by_what_comes_out() -> None:
    content = bytearray(zipped(("a", bytes(range(256)) * 40)))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10**9).to_bytes(4, "little")
    with pytest.raises(BadRequest):
        unpack(bytes(content), name="p.zip", total=5000)


async def test_main_is_the_program_and_the_rest_is_beside_it() -> None:
    made = await project(files(main__py="import helpers", helpers__py="", other__py=""))
    assert (made.name, made.code) == ("main.py", "import helpers")
    assert [file.name for file in made.files] == ["helpers.py", "other.py"]


async def test_the_only_file_that_no_other_imports_is_the_program() -> None:
    made = await project(files(train__py="import model", model__py="", test_train__py="import train"))
    assert made.name == "train.py"


async def test_an_open_choice_names_the_files_and_a_chosen_one_is_taken() -> None:
    several = files(a__py="print(1)", b__py="print(2)")
    with pytest.raises(WhichProgram, match=r"`a\.py`, `b\.py`") as asked:
        await project(several)
    assert asked.value.names == ("a.py", "b.py")
    assert (await project(several, "b.py")).code == "print(2)"
    with pytest.raises(BadRequest, match="no Python file"):
        await project(several, "c.py")


async def test_a_package_runs_as_python_runs_it() -> None:
    main = b'# /// script\n# dependencies = ["polars"]\n# ///\nfrom .core import f\n'
    made = await project(
        [InputFile("pkg/__init__.py", b""), InputFile("pkg/__main__.py", main), InputFile("pkg/core.py", b"")]
    )
    assert 'runpy.run_module("pkg"' in made.code
    assert made.code.startswith('# /// script\n# dependencies = ["polars"]\n# ///\n')
    assert len(made.files) == 3


async def test_a_notebook_is_the_program_where_there_is_no_other() -> None:
    text = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "id": "a", "metadata": {}, '
    text += b'"source": "1 + 1", "outputs": [], "execution_count": null}]}'
    made = await project([InputFile("a.ipynb", text), InputFile("data.csv", b"1")])
    assert made.notes == ("Converted from a.ipynb: 1 code cell.",)
    assert [file.name for file in made.files] == ["data.csv"]


async def test_a_file_that_is_no_text_is_one_sentence() -> None:
    with pytest.raises(BadRequest, match=r"'main\.py' is not UTF-8 text"):
        await project([InputFile("main.py", b"\xff\xfe")])
