"""The form in which a person edits a program and its modules: what is wrong with one is shown beside it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Sequence

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import programs
from handlers.blocks.forms import problem
from handlers.listeners.form_validation import (
    LARGEST,
    REFUSALS,
    SECONDS,
    Check,
    begin,
    fetched,
    program_text,
)
from handlers.payloads.parse import Form
from services.domain import archives, projects
from services.domain.entities import Attachment, Proposal
from services.domain.errors import BadRequest
from services.domain.filenames import importable
from services.domain.modules import source
from services.domain.parser_process import run_isolated
from services.domain.values import InputFile
from services.security.redaction import hidden, restored
from services.usecases import UseCases

# In bytes; the archive of what its reader takes for code is smaller.
_ARCHIVE = 2_000_000


async def begin_edit(
    ack: AsyncAck, form: Form, client: AsyncWebClient, check: Check, use_cases: UseCases
) -> None:
    """Begin the validation of what a form has, once the policy does not refuse it."""
    first = next(iter(form.fields), programs.FILE)
    try:
        proposal, files = await use_cases.proposals.edited(form.metadata, form.user)
        if file := form.files.get(programs.FILE):
            code, modules = await _uploaded(file, client, proposal, files)
            errors = await _refused({programs.FILE: code}, code, check)
        else:
            fields = programs.of_program(form.fields)
            code = programs.joined(fields, proposal.program.code)
            found = programs.edited_modules(form.fields, proposal, files)
            modules = tuple(found.values())
            errors = await _refused(fields, code, check)
            errors |= await _refused_modules(form, found, files, check)
    except REFUSALS as refusal:
        await ack(response_action="errors", errors={first: problem(refusal.public)})
        return
    if errors:
        await ack(response_action="errors", errors=errors)
        return
    edit = use_cases.requests.edit(form.metadata, code, form.user, form.cause, modules)
    await begin(ack, first, edit)


async def _refused_modules(
    form: Form, modules: dict[str, InputFile], before: Iterable[InputFile], check: Check
) -> dict[str, str]:
    """What the policy refuses in the edited modules, as far as there is time; all of them are read again in validation."""
    errors: dict[str, str] = {}
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SECONDS):
            for place, file in modules.items():
                if file not in before:
                    fields = programs.of_module(form.fields, place)
                    errors |= await _refused(fields, programs.module_text(file), check)
    return errors


async def _refused(fields: dict[str, str], code: str, check: Check) -> dict[str, str]:
    return programs.problems(fields, await run_isolated(check, code, seconds=SECONDS))


async def _uploaded(
    file: Attachment, client: AsyncWebClient, proposal: Proposal, before: Sequence[InputFile]
) -> tuple[str, Sequence[InputFile]]:
    """The program and its modules as a person has edited them in a file. Raises BadRequest."""
    limit = _ARCHIVE if file.name.lower().endswith(archives.SUFFIX) else LARGEST
    content = await fetched(file, client, limit=limit)
    if not archives.is_zip(file.name, content):
        return restored(program_text(file.name, content), proposal.program.code), before
    there = {each.name: each for each in before}
    code, modules = "", list[InputFile]()
    unpacked = await projects.unpacked(content, name=file.name, total=_ARCHIVE)
    for each in unpacked.files:
        if each.name == programs.MAIN:
            code = restored(program_text(each.name, each.content), proposal.program.code)
        elif importable(each.name):
            modules.append(_restored(each, there.get(each.name)))
        else:
            raise BadRequest(
                f"{file.name} has {each.name!r}, which is not a Python file. Share data files in the thread instead."
            )
    if not code.strip():
        raise BadRequest(f"{file.name} has no {programs.MAIN}, which is the program. Add it and try again.")
    return code, modules


def _restored(edited: InputFile, before: InputFile | None) -> InputFile:
    """With the secrets of the module that it was; that very module where nothing was changed."""
    original = programs.module_text(before) if before else ""
    try:
        text = source(edited.content)
    except ValueError as error:
        raise BadRequest(f"The file {edited.name!r} {error}.") from None
    if before and text == hidden(original):
        return before
    return InputFile(edited.name, restored(text, original).encode())
