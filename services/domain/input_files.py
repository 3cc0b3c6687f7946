"""What can go into a program's working directory: data, and Python files that it can import."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from xml.sax.saxutils import escape, quoteattr

from services.domain import modules
from services.domain.entities import Attachment
from services.domain.errors import BadRequest
from services.domain.filenames import importable, objection
from services.domain.values import InputFile
from services.text.formatting import human_bytes

ROOM = 64 * 1024**2
LARGEST = 5 * 1024**2
_SHOWN = 1500
_PROGRAM_SHOWN = 20_000
_LINES = 400
_MOST = 500


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
    attachments: Iterable[Attachment], source: Attachments
) -> tuple[list[InputFile], list[str]]:
    """What can be used of them, and a sentence for each that can't."""
    files: list[InputFile] = []
    problems: list[str] = []
    for attachment in attachments:
        try:
            content = await source.fetch(attachment, limit=LARGEST)
            files = list(checked([*files, InputFile(attachment.name, content)]))
        except BadRequest as error:
            problems.append(error.public)
    return files, problems


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


def checked(files: Iterable[InputFile]) -> tuple[InputFile, ...]:
    """The files themselves. Raises BadRequest that names the one which can't be an input, and why."""
    inputs = tuple(files)
    if len(inputs) > _MOST:
        raise BadRequest(f"There are {len(inputs):,} input files, and the limit is {_MOST}. Remove some.")
    names: set[str] = set()
    for file in inputs:
        if why := objection(file.name) or _clash(file.name, names) or _unreadable(file):
            raise BadRequest(f"The input file {file.name!r} {why}.")
        names.add(file.name)
    if sum(len(file.content) for file in inputs) > ROOM:
        raise BadRequest(f"The input files exceed {human_bytes(ROOM)} in total. Remove some.")
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
