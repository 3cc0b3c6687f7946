"""The Python files in a program's working directory: which of them are part of its code."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.domain.errors import BadRequest
from services.domain.filenames import PYTHON, importable
from services.domain.parsing import parse
from services.domain.values import InputFile
from services.text.formatting import human_bytes

LARGEST = 256 * 1024
"""The most that one Python file may have, in bytes."""

MOST = 512 * 1024
"""The most that a program and its modules may have together, in bytes."""

_DOT = re.compile("[.:]")
_IMPORTERS = frozenset(
    str.split(
        "import_module __import__ find_spec find_loader run_module run_path reload load_module spec_from_file_location "
        "SourceFileLoader"
    )
)


def companions(code: str, files: Iterable[InputFile]) -> tuple[InputFile, ...]:
    """What is in the working directory of `code` when it runs: all data, and of the Python files those that are its code.

    Its code is what it, or another module of it, imports or names in a string; of a package that is everything. Other Python
    files are left out, so that nothing can be imported that was not shown.

    Raises BadRequest when there is more code than anybody can be expected to read.
    """
    files = tuple(files)
    units: dict[str, list[InputFile]] = {}
    for file in files:
        if importable(file.name):
            units.setdefault(unit(file.name), []).append(file)
    found = _reached(code, units) if units else set[str]()
    chosen = tuple(file for file in files if not importable(file.name) or unit(file.name) in found)
    size = len(code.encode(errors="replace")) + sum(len(file.content) for file in modules(chosen))
    if found and size > MOST:
        raise BadRequest(
            f"The program and the Python files it imports total {human_bytes(size)}, and the limit is {human_bytes(MOST)}."
        )
    return chosen


def modules(files: Iterable[InputFile]) -> tuple[InputFile, ...]:
    """Those that are code."""
    return tuple(file for file in files if importable(file.name))


def unit(name: str) -> str:
    """The top-level name that a Python file is imported by: its own, or that of its package."""
    return name.partition("/")[0].removesuffix(PYTHON)


def roots(texts: Mapping[str, str]) -> list[str]:
    """The names of those Python files that no other of them imports."""
    files = [InputFile(name, text.encode(errors="replace")) for name, text in texts.items()]
    imported = {
        other.name
        for file in files
        for other in companions(texts[file.name], (each for each in files if each != file))
    }
    return [name for name in texts if name not in imported]


def source(content: bytes) -> str:
    """The text of a Python file, which is all that Python makes of it. Raises ValueError with the reason when it isn't."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text; save it as UTF-8") from None
    if "\0" in text:
        raise ValueError("contains NUL characters, so it isn't a Python file")
    lines = io.BytesIO(content.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    try:
        declared, _ = tokenize.detect_encoding(lines.readline)
    except SyntaxError:
        declared = ""
    if declared not in {"utf-8", "utf-8-sig"}:
        raise ValueError("declares an encoding other than UTF-8; save it as UTF-8 without that line")
    return text


def _reached(code: str, units: dict[str, list[InputFile]]) -> set[str]:
    found: set[str] = set()
    waiting = [code]
    while waiting:
        for name in _named(waiting.pop(), units):
            if name not in found:
                found.add(name)
                waiting += [file.content.decode("utf-8-sig", "replace") for file in units[name]]
    return found


def _named(code: str, units: dict[str, list[InputFile]]) -> Iterator[str]:
    """The units that a text of Python imports or names."""
    if len(code) > MOST:
        return
    try:
        tree = parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    paths: dict[str, set[str]] = {}
    for name, files in units.items():
        for file in files:
            for path in (file.name, file.name.rpartition("/")[2]):
                paths.setdefault(path, set()).add(name)
    for node in ast.walk(tree):
        for word in _words(node):
            if word.endswith("*" + PYTHON):
                yield from units
            yield from paths.get(word.removeprefix("./"), ())
            first = _DOT.split(word, maxsplit=1)[0]
            if first in units:
                yield first


def _words(node: ast.AST) -> Iterator[str]:
    """Dotted names of modules, and strings that may be a file's path or a thing in a module (`helpers.clean`, `app:main`)."""
    match node:
        case ast.Import(names=names):
            yield from (name.name for name in names)
        case ast.ImportFrom(module=str(module), level=0):
            yield module
        case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)) if called in _IMPORTERS:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            constants = (each.value for each in given if isinstance(each, ast.Constant))
            yield from (value for value in constants if isinstance(value, str))
        case ast.Constant(value=str(value)) if len(value) < 300:  # longer than any path
            if value.endswith(PYTHON) or _is_reference(value):
                yield value
        case _:
            return


def _is_reference(text: str) -> bool:
    parts = text.replace(":", ".").split(".")
    return len(parts) > 1 and all(part.isidentifier() for part in parts)


def names(files: Sequence[InputFile]) -> frozenset[str]:
    """The top-level names that a program can import from these files."""
    return frozenset(unit(file.name) for file in modules(files))
