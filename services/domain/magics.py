"""IPython's own lines in a program: what they install becomes dependencies, and the rest is left out by name."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

from packaging.requirements import InvalidRequirement, Requirement

from services.domain.parsing import parse

_SHOWN = 60
_CELL = re.compile(r"# ?(?:%%(?:\s|$)|In ?\[)")
# Strings may go on in the next line; a bracket left open or a backslash at the end makes one of two lines.
_PIECE = re.compile(r"""#.*|\"{3}|'{3}|["']|[\[({]|[\])}]|\\.|\\$|[^#"'\[({\])}\\]+""")
_IN_STRING = {quote: re.compile(rf"\\.|\\$|{quote}|[^\\{quote[0]}]+|.") for quote in ('"""', "'''", '"', "'")}
_ASSIGNED = re.compile(r"[A-Za-z_][\w.,\t ]*=[\t ]*[!%]")
_ASKED = re.compile(r"\?|[A-Za-z_][\w.]*\?{1,2}$")
_BARE_PIP = re.compile(r"pip3?[\t ]+install[\t ]")
_PIP = re.compile(r"(?:\S+[\t ]+-m[\t ]+)?(?:uv[\t ]+)?pip3?[\t ]+install(?:[\t ]+(.*))?$", re.DOTALL)
_EXPORTED = re.compile(r"get_ipython\(\)\.(run_line_magic|run_cell_magic|system|getoutput|magic)(\(.*\))$")
_OPTIONS = re.compile(r"^(?:-[a-z]+(?:[\t ]*\d+)?[\t ]+)*")
# These run Python that is beside or below them.
_AROUND = frozenset(str.split("time timeit capture prun memit"))
_WITH_VALUE = frozenset(
    str.split(
        "-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -f --find-links -t --target "
        "--trusted-host --prefix --root --src --platform --python-version --index --default-index --python"
    )
)
_QUIET = frozenset(str.split("-i --index-url --extra-index-url --index --default-index"))
_SHELL = re.compile(r"\d?[>&|;]")


@dataclass(slots=True)
class Plain:
    """Python without IPython's lines, the requirements that those install, and the lines themselves, shortened."""

    lines: list[str] = field(default_factory=list[str])
    packages: list[str] = field(default_factory=list[str])
    left_out: list[str] = field(default_factory=list[str])

    @property
    def code(self) -> str:
        return "\n".join(self.lines)

    def leave_out(self, text: str) -> None:
        shown = " ".join(text.split())
        self.left_out.append(shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…")

    def comment(self, lines: list[str]) -> None:
        indent = _indent(lines[0])
        for number, line in enumerate(lines):
            # A block must not become empty.
            self.lines.append(f"{indent}{'pass  ' if indent and not number else ''}# {line.strip()}".rstrip())


def has_magics(code: str) -> bool:
    """Whether a text can only be Python once IPython's lines are taken out; its time is that of a parse."""
    if "get_ipython()" not in code and _parses(code):
        return False
    found = without_magics(code)
    return bool(found.left_out or found.packages)


def without_magics(source: str) -> Plain:
    """One cell of a notebook, or a program of several. Lines keep their order, and each that is left out is a comment."""
    plain = Plain()
    rows = source.split("\n")
    at = 0
    for begin, end in _statements(rows):
        if begin < at:
            continue
        at = end
        lines = rows[begin:end]
        text = lines[0].strip()
        if found := _EXPORTED.fullmatch("\n".join(lines).strip()):
            lines, text = _as_typed(found, lines)
        if text.startswith("%%"):
            plain.leave_out(text)
            if text[2:].partition(" ")[0] not in _AROUND:
                while at < len(rows) and not _CELL.match(rows[at]):
                    at += 1
                lines = [*lines, *rows[end:at]]
                plain.comment(lines)
            else:
                plain.comment(lines[:1])
                plain.lines += lines[1:]
        elif not _is_magic(text):
            plain.lines += lines
        else:
            _take_out(plain, lines)
    return plain


def _is_magic(text: str) -> bool:
    return bool(
        text.startswith(("%", "!")) or _ASSIGNED.match(text) or _ASKED.match(text) or _BARE_PIP.match(text)
    )


def _take_out(plain: Plain, lines: list[str]) -> None:
    text = " ".join(line.strip().removesuffix("\\") for line in lines).strip()
    command = text.lstrip("%!")
    if installs := _PIP.match(command):
        packages, others = _installed(installs[1] or "")
        plain.packages += packages
        for each in others:
            plain.leave_out(each)
        plain.comment(lines)
        return
    name, _, rest = command.partition(" ")
    statement = _OPTIONS.sub("", rest, count=1)
    if text.startswith("%") and name in _AROUND and statement and _parses(statement):
        plain.leave_out(f"%{name}")
        plain.lines.append(f"{_indent(lines[0])}{statement}")
        return
    plain.leave_out(text)
    plain.comment(lines)


def _installed(arguments: str) -> tuple[list[str], list[str]]:
    """The requirements that `pip install` is given, and what else it was asked for."""
    try:
        words = shlex.split(arguments, comments=True)
    except ValueError:
        return [], [f"pip install {arguments}"]
    packages: list[str] = []
    others: list[str] = []
    at = 0
    while at < len(words):
        word, at = words[at], at + 1
        if _SHELL.match(word):
            rest = " ".join(words[at - 1 :])
            if not word.lstrip("0123456789").startswith(">"):
                others.append(rest)
            break
        if word in _WITH_VALUE:
            # An index's URL may have a password.
            others.append(word if word in _QUIET else " ".join(["pip install", word, *words[at : at + 1]]))
            at += 1
        elif word.startswith("-"):
            if "=" in word:
                others.append(word.partition("=")[0])
        elif requirement := _requirement(word.rstrip(";")):
            packages.append(requirement)
            if word.endswith(";"):
                others.append(" ".join(words[at:]))
                break
        else:
            others.append(f"pip install {word}")
    return packages, [each for each in others if each]


def _requirement(text: str) -> str:
    try:
        found = Requirement(text)
    except InvalidRequirement:
        return ""
    return "" if found.url else str(found)


def _as_typed(found: re.Match[str], lines: list[str]) -> tuple[list[str], str]:
    """What stood in the notebook that was exported as a script."""
    indent = _indent(lines[0])
    try:
        given = ast.literal_eval(f"({found[2][1:-1]},)")
        words = [str(each) for each in given]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        words = []
    match found[1], words:
        case ("system" | "getoutput", [command]):
            typed = f"!{command}"
        case "run_cell_magic", [name, line, body]:
            return [f"%%{name} {line}".strip(), *body.rstrip("\n").split("\n")], f"%%{name} {line}".strip()
        case _, [*_]:
            typed = f"%{' '.join(words)}".strip()
        case _:
            return lines, lines[0].strip()
    typed = " ".join(typed.split("\n"))
    return [f"{indent}{typed}"], typed


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _parses(statement: str) -> bool:
    try:
        parse(statement)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _statements(rows: list[str]) -> Iterator[tuple[int, int]]:
    """Where each logical line begins and ends, as half-open ranges; an IPython line goes on after a backslash only."""
    at = 0
    while at < len(rows):
        begin = at
        if _is_magic(rows[at].strip()):
            while at < len(rows) - 1 and rows[at].endswith("\\"):
                at += 1
            at += 1
            yield begin, at
            continue
        quote, depth, more = "", 0, True
        while more and at < len(rows):
            quote, depth, more = _after(rows[at], quote, depth)
            at += 1
        yield begin, at


def _after(row: str, quote: str, depth: int) -> tuple[str, int, bool]:
    """The string and the depth of brackets that are open after a row, and whether its statement goes on."""
    at, backslash = 0, False
    while at < len(row):
        found = (_IN_STRING[quote] if quote else _PIECE).match(row, at)
        if found is None:
            break
        piece, at = found[0], found.end()
        backslash = piece == "\\"
        if quote:
            quote = "" if piece == quote else quote
        elif piece in _IN_STRING:
            quote = piece
        elif piece in "([{":
            depth += 1
        elif piece in ")]}":
            depth = max(depth - 1, 0)
    if len(quote) == 1 and not backslash:
        quote = ""
    return quote, depth, bool(quote or depth or backslash)
