"""Submitted forms: problems are shown in the form, so that nobody has to fill it in again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import parameters, programs
from handlers.blocks.forms import problem
from handlers.listeners.ack import ACK_TIMEOUT
from handlers.payloads.parse import Form
from handlers.slack_api.files import SlackAttachments
from services.domain import command_words
from services.domain.entities import Attachment
from services.domain.errors import BadRequest, NotAllowed, Outdated, TooOften
from services.domain.parameters import Given
from services.domain.parser_process import run_isolated
from services.domain.values import PolicyReport
from services.usecases import UseCases

Check = Callable[[str], PolicyReport]

REFUSALS = (BadRequest, NotAllowed, Outdated, TooOften)
"""What a form shows beside the field that it is about."""
LARGEST = 300_000
"""The most bytes of a program in a file."""
SECONDS = 1
"""How long the policy may take for a form; Slack waits for three."""


async def begin(ack: AsyncAck, field: str, begun: Awaitable[None]) -> None:
    """Acknowledge once `begun` is durable; a refusal is shown at `field`."""
    try:
        await begun
    except REFUSALS as refusal:
        await ack(response_action="errors", errors={field: problem(refusal.public)})
    else:
        await ack()


async def begin_program(
    ack: AsyncAck,
    form: Form,
    client: AsyncWebClient,
    check: Check,
    taken: Callable[[str], Awaitable[None]],
) -> None:
    """The same with the program of the form, once the policy does not refuse it."""
    fields = programs.of_program(form.fields)
    try:
        if file := form.files.get(programs.FILE):
            code = program_text(file.name, await fetched(file, client, limit=LARGEST))
            fields = {programs.FILE: code}
        else:
            code = programs.joined(fields)
    except BadRequest as refusal:
        await ack(response_action="errors", errors={programs.FILE: problem(refusal.public)})
        return
    try:
        report = await run_isolated(check, code, seconds=SECONDS)
    except BadRequest as refusal:
        await ack(response_action="errors", errors={next(iter(fields)): problem(refusal.public)})
        return
    if problems := programs.problems(fields, report):
        await ack(response_action="errors", errors=problems)
        return
    await begin(ack, next(iter(fields)), taken(code))


async def arguments_of(form: Form, ack: AsyncAck) -> Given | None:
    """The arguments for a program in a form; None where they are faulty, which the form then shows."""
    try:
        return Given(arguments=command_words.split(form.fields.get(parameters.ARGUMENTS, "")))
    except BadRequest as refusal:
        await ack(response_action="errors", errors={parameters.ARGUMENTS: problem(refusal.public)})
        return None


async def begin_parameters(ack: AsyncAck, form: Form, use_cases: UseCases) -> None:
    """The same with other values for a program, each of which has a field of its own for what is wrong with it."""
    first = next(iter(form.fields), parameters.ARGUMENTS)
    try:
        proposal = await use_cases.proposals.parametrized(form.metadata, form.user)
        given, errors = parameters.chosen(proposal, form.fields)
    except REFUSALS as refusal:
        errors = {first: problem(refusal.public)}
        await ack(response_action="errors", errors=errors)
        return
    if errors:
        await ack(response_action="errors", errors=errors)
        return
    await begin(ack, first, use_cases.requests.set_parameters(proposal.id, given, form.user, form.cause))


async def fetched(file: Attachment, client: AsyncWebClient, *, limit: int) -> bytes:
    """Raises BadRequest for a file of more than `limit` bytes, and for one that can't be read in time."""
    try:
        async with asyncio.timeout(ACK_TIMEOUT):
            return await SlackAttachments(client).fetch(file, limit=limit)
    except TimeoutError:
        raise BadRequest(f"The file {file.name!r} took too long to read. Try again.") from None


def program_text(name: str, content: bytes) -> str:
    """Raises BadRequest for a file that can't be a program."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise BadRequest(
            f"The file {name!r} is not UTF-8 text, so it can't be a program. Upload a Python file."
        ) from None
