"""Notebooks as programs: the code cells in their order, the text as comments, without IPython's own lines."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from services.domain import notebook_format
from services.domain.errors import BadRequest
from services.domain.header_packages import with_packages
from services.domain.magics import Plain, has_magics, without_magics
from services.domain.parsing import parse
from services.domain.untrusted_data import from_json
from services.text.formatting import human_bytes, plural

SUFFIX = ".ipynb"
LARGEST = 20_000_000
"""The most that a notebook may have with its outputs, in bytes."""

CELLS = 2000
_NAMED = 8
_BEGINS = re.compile(r"\s*\{")
_OTHERS = re.compile(r"ir|julia|bash|scala|xcpp|javascript|tslab", re.IGNORECASE)
_WORDS = re.compile(r"[^\w ,.:()/+-]")


@dataclass(frozen=True, slots=True)
class Converted:
    """A program as plain Python, and a sentence on what was changed in it; empty where it is as it was."""

    code: str
    note: str = ""


def is_notebook(text: str) -> bool:
    """Whether a text that should be a program is a notebook's JSON."""
    return (
        bool(_BEGINS.match(text)) and '"nbformat"' in text and ('"cells"' in text or '"worksheets"' in text)
    )


def plain_python(text: str, name: str = "") -> Converted:
    """A program in any form that people have it in: Python, Python with IPython's lines in it, or a notebook.

    Raises BadRequest for a notebook that can't be read or has nothing to run, with `name` in its sentence.
    """
    if name.endswith(SUFFIX) or is_notebook(text):
        return from_notebook(text, name or "the notebook")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not has_magics(text):
        return Converted(text)
    plain = without_magics(text)
    code = with_packages(plain.code, plain.packages)
    return Converted(code, f"Changed {name or 'the program'}: {'; '.join(_changes(plain))}.")


def from_notebook(text: str, name: str) -> Converted:
    """A notebook for Python. Raises BadRequest with one sentence that says what is wrong with it."""
    if len(text) > LARGEST:
        raise BadRequest(
            f"{name} is larger than {human_bytes(LARGEST)}. Clear its outputs and share it again."
        )
    cells, title = _cells(text, name)
    code = [each for kind, each in cells if kind == "code" and each.strip()]
    if not code:
        raise BadRequest(f"{name} has no code cells, so there is nothing to run.")
    whole = Plain()
    plain: list[tuple[str, str]] = []
    for kind, source in cells:
        if kind != "code":
            plain.append(("markdown", source))
            continue
        part = without_magics(source)
        whole.packages += part.packages
        whole.left_out += part.left_out
        plain.append(("code", part.code))
    note = f"Converted from {name}: {'; '.join([plural(len(code), 'code cell'), *_changes(whole)])}."
    body = _with_display(notebook_format.as_python(plain))
    title = title or name.removesuffix(SUFFIX)
    words = _WORDS.sub("", title)[:100].strip()
    head = f'"""{words}."""\n\n' if words else ""
    comment = "".join(f"# {line}\n" for line in _wrapped(note))
    converted = f"{comment}\n{head}{body}"
    return Converted(with_packages(converted, whole.packages), note)


def _changes(plain: Plain) -> list[str]:
    packages = list(dict.fromkeys(plain.packages))
    left_out = list(dict.fromkeys(plain.left_out))
    return [
        *([f"packages: {_listed(packages)}"] if packages else []),
        *([f"left out: {_listed(left_out)}"] if left_out else []),
    ]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _cells(text: str, name: str) -> tuple[list[tuple[str, str]], str]:
    """Its cells, each as kind and source, without those that raygen adds to what is downloaded; and its first heading."""
    try:
        found = from_json(text)
    except ValueError:
        raise BadRequest(
            f"{name} is not valid JSON, so it can't be read as a notebook. Save it again."
        ) from None
    if not isinstance(found, dict) or not {"cells", "worksheets"} & cast("dict[str, Any]", found).keys():
        raise BadRequest(f"{name} is not a notebook: it has no cells.")
    language = _other_language(cast("dict[str, Any]", found).get("metadata"))
    if language:
        raise BadRequest(f"{name} is a notebook for {language}. raygen runs Python.")
    try:
        notebook = notebook_format.read(text)
        read = [
            (str(cell["cell_type"]), "".join(cell["source"]), _is_added(cell)) for cell in notebook["cells"]
        ]
    except Exception:  # noqa: BLE001  # whatever nbformat trips over in a stranger's file
        raise BadRequest(f"{name} is not a valid notebook. Open it in Jupyter and save it again.") from None
    if len(read) > CELLS:
        raise BadRequest(f"{name} has {len(read):,} cells. The limit is {CELLS:,}.")
    title = _title((kind, source) for kind, source, _ in read)
    return [(kind, source) for kind, source, added in read if not added], title


def _is_added(cell: Mapping[str, Any]) -> bool:
    tags = cell["metadata"].get("tags")
    return isinstance(tags, list) and notebook_format.ADDED in tags


def _other_language(metadata: object) -> str:
    """What else than Python a notebook is for, as far as it says so."""
    known = cast("dict[str, Any]", metadata) if isinstance(metadata, dict) else {}
    parts = [known.get("language_info"), known.get("kernelspec")]
    info, kernel = (cast("dict[str, Any]", part) if isinstance(part, dict) else {} for part in parts)
    language = str(info.get("name") or kernel.get("language") or "")[:40]
    if language:
        return "" if "python" in language.lower() else _WORDS.sub("", language)
    kernel_name = str(kernel.get("name") or "")[:40]
    return _WORDS.sub("", kernel_name) if _OTHERS.match(kernel_name) else ""


def _title(cells: Iterable[tuple[str, str]]) -> str:
    """The first heading."""
    for kind, source in cells:
        if kind == "markdown":
            for line in source.split("\n"):
                if line.startswith("#"):
                    return line.strip("# .")
    return ""


def _with_display(code: str) -> str:
    """With IPython's `display`, where it calls that without a definition or an import of its own."""
    if "display" not in code:
        return code
    try:
        tree = parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code
    used, after = False, 0
    for node in ast.walk(tree):
        match node:
            case ast.Name(id="display", ctx=ast.Load()):
                used = True
            case ast.Name(id="display") | ast.FunctionDef(name="display") | ast.alias(name="display"):
                return code
            case ast.ImportFrom(module="__future__", end_lineno=int(line)):
                after = max(after, line)
            case _:
                pass
    if not used:
        return code
    lines = code.split("\n")
    return "\n".join([*lines[:after], "display = print  # as notebooks have it", "", *lines[after:]])


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 100, break_long_words=False) or [""]
