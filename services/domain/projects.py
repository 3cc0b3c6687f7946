"""Which of several files is the program, and what the others are to it: an archive, a folder, the files of a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from services.domain import archives, modules, notebooks
from services.domain.archives import Unpacked
from services.domain.errors import BadRequest
from services.domain.filenames import PYTHON, importable
from services.domain.notebooks import Converted
from services.domain.parser_process import SHORT, run_isolated
from services.domain.program_header import blocks
from services.domain.values import InputFile

_MAIN = "main.py"
_RUNS = "__main__.py"
_NO_PROGRAM = frozenset({"setup.py", "conftest.py", "__init__.py", "noxfile.py"})
_PACKAGE = '''\
{header}"""Runs the package {package}, as `python -m {package}` does."""

import runpy

_ = runpy.run_module("{package}", run_name="__main__", alter_sys=True)
'''


@dataclass(frozen=True, slots=True)
class Project:
    """A program among files: its name there, its code as plain Python, the other files, and what was changed or left out."""

    name: str
    code: str
    files: tuple[InputFile, ...] = ()
    notes: tuple[str, ...] = ()


class WhichProgram(BadRequest):
    """It's not clear which file is the program."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        listed = ", ".join(f"`{name}`" for name in names[:10])
        super().__init__(
            f"It's not clear which file is the program: {listed}. Choose one, or rename it `main.py`."
        )

    def __reduce__(self) -> tuple[type[WhichProgram], tuple[Sequence[str]]]:
        return WhichProgram, (self.names,)


async def plain(text: str, name: str = "") -> Converted:
    """`services.domain.notebooks.plain_python`, off the event loop; also raises TooComplex."""
    size = SHORT + 1 if notebooks.is_notebook(text) or name.endswith(notebooks.SUFFIX) else 0
    return await run_isolated(partial(notebooks.plain_python, name=name), text, size=size)


async def unpacked(content: bytes, *, name: str, total: int) -> Unpacked:
    """`services.domain.archives.unpack`, off the event loop; also raises TooComplex."""
    return await run_isolated(partial(archives.unpack, name=name, total=total), content, size=SHORT + 1)


async def project(files: Sequence[InputFile], chosen: str = "") -> Project:
    """The program among `files`, `chosen` where somebody has chosen it. What Python doesn't import stays data.

    Raises BadRequest where there is none, WhichProgram where it might be any of several, and TooComplex.
    """
    known = [file for file in files if is_code(file.name)]
    size = max(sum(len(file.content) for file in known), SHORT + 1)
    name, converted = await run_isolated(partial(_program, files=known), chosen, size=size)
    rest = tuple(file for file in files if file.name != name or name.endswith(f"/{_RUNS}"))
    return Project(name, converted.code, rest, (converted.note,) if converted.note else ())


def is_code(name: str) -> bool:
    """Whether a file may be the program or a module of it."""
    return importable(name) or name.endswith(notebooks.SUFFIX)


def text_of(file: InputFile) -> str:
    """What a Python file or notebook says. Raises BadRequest when it isn't text that Python reads."""
    if file.name.endswith(notebooks.SUFFIX):
        try:
            return file.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BadRequest(f"{file.name} is not UTF-8 text, so it can't be read as a notebook.") from None
    try:
        return modules.source(file.content)
    except ValueError as error:
        raise BadRequest(f"The file {file.name!r} {error}.") from None


def _program(chosen: str, *, files: Sequence[InputFile]) -> tuple[str, Converted]:
    there = {file.name: file for file in files}
    name = chosen or _found(there)
    if name not in there:
        raise BadRequest(f"There is no Python file or notebook {name!r} to run.")
    if name.endswith(f"/{_RUNS}"):
        package = name.removesuffix(f"/{_RUNS}")
        if "/" in package or not package.isidentifier():
            raise BadRequest(f"The package {package!r} can't be run by its name. Choose a Python file in it.")
        own = blocks(text_of(there[name]))
        header = "".join(f"#{' ' + line if line else ''}\n" for line in own[0]) if len(own) == 1 else ""
        header = f"# /// script\n{header}# ///\n\n" if header else ""
        return name, Converted(
            _PACKAGE.format(header=header, package=package), f"Runs the package {package}."
        )
    return name, notebooks.plain_python(text_of(there[name]), name)


def _found(there: dict[str, InputFile]) -> str:
    """The name of the only file that can be the program."""
    if not there:
        raise BadRequest("There is no Python file or notebook to run.")
    for name in (_MAIN, _RUNS):
        if name in there:
            return name
    tops = [name for name in there if "/" not in name and name not in _NO_PROGRAM]
    python = [name for name in tops if importable(name) and not _is_test(name)]
    if len(python) > 1:
        # Modules in folders count for what they import; none of them is the program.
        texts = {name: _readable(there[name]) for name in there if importable(name) and not _is_test(name)}
        roots = [name for name in modules.roots(texts) if name in python]
        python = roots or python
    runnable = [name for name in there if name.count("/") == 1 and name.endswith(f"/{_RUNS}")]
    books = [name for name in tops if name.endswith(notebooks.SUFFIX)]
    anywhere = [name for name in there if not _is_test(name)]
    for candidates in (python, runnable, books, anywhere):
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise WhichProgram(sorted(candidates))
    raise BadRequest("There is no Python file or notebook to run.")


def _readable(file: InputFile) -> str:
    return notebooks.plain_python(text_of(file), file.name).code


def _is_test(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith("test_") or name.endswith(f"_test{PYTHON}")
