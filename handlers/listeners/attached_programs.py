"""The program among the files of a message: Python files, a notebook, a zip archive."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from handlers.listeners.ack import ACK_TIMEOUT
from handlers.slack_api.files import SlackAttachments
from services.domain import archives, projects
from services.domain.entities import Attachment
from services.domain.errors import BadRequest
from services.domain.filenames import importable
from services.domain.projects import WhichProgram
from services.domain.values import InputFile

_MOST = 10
_LARGEST = 10_000_000
_CODE = 300_000
_NO_CODE = "No code found in that message. Put the program between triple backticks."


@dataclass(frozen=True, slots=True)
class AttachedProgram:
    """A program, what was changed in it, and the other files of its message, in which its modules are."""

    code: str
    note: str
    others: tuple[Attachment, ...]


async def attached_program(
    files: Sequence[Attachment], client: AsyncWebClient, chosen: int | None = None
) -> AttachedProgram:
    """What it imports comes along as files, those of an archive within it.

    Raises BadRequest where there is none, or none that can be read in time; WhichProgram where it might be any of several
    and none is `chosen`, by its number among those.
    """
    python = [
        each for each in files if projects.is_code(each.name) or each.name.lower().endswith((".zip", ".py"))
    ]
    if not python:
        raise BadRequest(_NO_CODE)
    if len(python) > _MOST:
        raise BadRequest(f"That message has {len(python)} Python files. The limit is {_MOST}.")
    source = SlackAttachments(client)
    try:
        async with asyncio.timeout(ACK_TIMEOUT):
            contents = await asyncio.gather(
                *(source.fetch(each, limit=_CODE if importable(each.name) else _LARGEST) for each in python)
            )
    except TimeoutError:
        raise BadRequest("The files of that message took too long to read. Try again.") from None
    found: list[InputFile] = []
    notes: list[str] = []
    for attachment, content in zip(python, contents, strict=True):
        if archives.is_zip(attachment.name, content):
            unpacked = await projects.unpacked(content, name=attachment.name, total=5 * _LARGEST)
            found += unpacked.files
            notes.append(f"From {attachment.name}{f'; {unpacked.note}' if unpacked.note else ''}.")
        else:
            found.append(InputFile(attachment.name, content))
    try:
        made = await projects.project(found)
    except WhichProgram as several:
        if chosen is None:
            raise
        made = await projects.project(found, several.names[chosen])
    others = tuple(each for each in files if each.name != made.name)
    return AttachedProgram(made.code, " ".join([*notes, *made.notes]), others)
