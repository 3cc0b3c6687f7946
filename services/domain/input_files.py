"""What can go into a program's working directory: data, and Python files that it can import."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from xml.sax.saxutils import escape, quoteattr

from services.domain import archives, modules, notebooks, projects
from services.domain.entities import Attachment
from services.domain.errors import BadRequest
from services.domain.filenames import PYTHON, importable, objection
from services.domain.values import InputFile
from services.text.formatting import human_bytes

_SHOWN = 1500
_PROGRAM_SHOWN = 20_000
_LINES = 400
_MOST = 500
_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class InputLimits:
    """How much the input files of one program may have, in bytes: all together, and each."""

    total: float = 50e6
    each: float = 50e6

    @property
    def upload(self) -> int:
        """The most that is fetched of one file."""
        return int(min(self.total, self.each))


DEFAULT = InputLimits()
NO_SIZE_LIMITS = InputLimits(math.inf, math.inf)
"""For files that were accepted before, when the limits may have been others."""


class Attachments(Protocol):
    """Where the files that come with messages are."""

    async def fetch(self, attachment: Attachment, *, limit: int) -> bytes:
        """The file's bytes. Raises BadRequest when it has more than `limit`, or can't be had."""
        ...


class NoAttachments:
    """For surfaces without files."""

    async def fetch(self, attachment: Attachment, *, limit: int) -> bytes:  # noqa: ARG002  # the interface's
        raise BadRequest(f"The file {attachment.name!r} can't be read here.")


async def collect(
    attachments: Iterable[Attachment], source: Attachments, limits: InputLimits = DEFAULT
) -> tuple[list[InputFile], list[str]]:
    """What can be used of them, and a sentence for each that can't, or that was changed.

    Of a zip archive it is the files in it, and of a notebook a Python file.
    """
    files: list[InputFile] = []
    said: list[str] = []
    for attachment in attachments:
        try:
            content = await source.fetch(attachment, limit=limits.upload)
            found, note = await opened(InputFile(attachment.name, content), limits)
        except BadRequest as error:
            said.append(error.public)
            continue
        said += [note] if note else []
        problems: list[str] = []
        for file in found:
            try:
                files = list(checked([*files, file], limits))
            except BadRequest as error:
                problems.append(error.public)
        said += problems[:_PROBLEMS]
        if len(problems) > _PROBLEMS:
            said.append(
                f"{len(problems) - _PROBLEMS:,} more files of {attachment.name} can't be used either."
            )
    return files, said


async def opened(file: InputFile, limits: InputLimits = DEFAULT) -> tuple[Sequence[InputFile], str]:
    """The files that one file stands for, and a sentence on what was done with it; itself where it is nothing special.

    Raises BadRequest for an archive or a notebook that can't be read, and TooComplex.
    """
    if archives.is_zip(file.name, file.content):
        found = await projects.unpacked(file.content, name=file.name, total=limits.upload)
        return found.files, f"{file.name}: {found.note}." if found.note else ""
    if not file.name.endswith(notebooks.SUFFIX):
        return (file,), ""
    converted = await projects.plain(projects.text_of(file), file.name)
    stem = file.name.removesuffix(notebooks.SUFFIX)
    name = f"{stem}{PYTHON}"
    if objection(name):
        name = f"{stem}_notebook{PYTHON}"
    return (InputFile(name, converted.code.encode(errors="replace")),), converted.note


def described(files: Iterable[InputFile]) -> str:
    """The files as a model reads of them: name, size, and their first lines, marked as data."""
    return "\n".join(_described(file) for file in files)


def _described(file: InputFile) -> str:
    room = _PROGRAM_SHOWN if file.name.endswith(".py") else _SHOWN
    try:
        text = file.content[: 4 * room].decode(
            "utf-8-sig", "strict" if len(file.content) <= 4 * room else "ignore"
        )
    except UnicodeDecodeError:
        text = ""
    if "\0" in text:
        text = ""
    head = "\n".join(text[:room].splitlines()[:_LINES])
    attributes = f"name={quoteattr(file.name)} bytes={quoteattr(str(len(file.content)))}"
    return f"<file {attributes}>\n{escape(head)}\n</file>" if head else f"<file {attributes}/>"


def checked(files: Iterable[InputFile], limits: InputLimits = DEFAULT) -> tuple[InputFile, ...]:
    """The files themselves. Raises BadRequest that names the one which can't be an input, and why."""
    inputs = tuple(files)
    if len(inputs) > _MOST:
        raise BadRequest(f"There are {len(inputs):,} input files, and the limit is {_MOST}. Remove some.")
    names: set[str] = set()
    for file in inputs:
        if why := objection(file.name) or _clash(file.name, names) or _unreadable(file):
            raise BadRequest(f"The input file {file.name!r} {why}.")
        if len(file.content) > limits.each:
            raise BadRequest(
                f"The input file {file.name!r} has {human_bytes(len(file.content))}, and the limit is {human_bytes(limits.each)}."
            )
        names.add(file.name)
    if sum(len(file.content) for file in inputs) > limits.total:
        raise BadRequest(f"The input files exceed {human_bytes(limits.total)} in total. Remove some.")
    return inputs


def _clash(name: str, others: set[str]) -> str:
    if name in others:
        return "is attached twice; rename one of them"
    if any(f"{name}/".startswith(f"{other}/") or f"{other}/".startswith(f"{name}/") for other in others):
        return "has the same name as a folder of other input files; rename one of them"
    return ""


def _unreadable(file: InputFile) -> str:
    """Why its code can't be shown as Python reads it; empty for data."""
    if not importable(file.name):
        return ""
    if len(file.content) > modules.LARGEST:
        return f"is larger than {human_bytes(modules.LARGEST)}, the limit for code; split it"
    try:
        modules.source(file.content)
    except ValueError as error:
        return str(error)
    return ""
