"""What can be started from any message, and from anywhere: by Slack's menus instead of by words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import action_ids
from handlers.blocks import shortcuts as forms
from handlers.listeners.form_validation import Check, arguments_of, begin, begin_program, read_program
from handlers.payloads import parse
from handlers.payloads.parse import Form
from services.domain.entities import Attachment
from services.domain.errors import BadRequest
from services.domain.modules import program_among
from services.targets.targets import Targets
from services.usecases import UseCases
from services.usecases.requests import Request

_PURPOSE = "A program from a message in Slack."
_MOST = 10
_NO_CODE = "No code found in that message. Put the program between triple backticks."


def register(app: AsyncApp, use_cases: UseCases, check: Check, targets: Targets) -> None:
    """Forms open while their trigger is fresh; whatever begins work makes it durable, then acknowledges."""

    async def names(user: str) -> list[str]:
        own = targets.first_for(user, (await use_cases.preferences.of(user)).target)
        open_to = [place.name for place in targets.open_to(user)] or [own]
        return sorted(open_to, key=lambda name: name != own)

    @app.message_shortcut(action_ids.RUN_MESSAGE)
    async def run(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        message = await asyncio.to_thread(parse.pointed, body)
        code, program = message.code, ""
        if not code:
            program, code = await _attached(message.attachments, client)
        others = [each for each in message.attachments if each.name != program]
        view = forms.run(code, await names(message.user), message.channel, message.thread_ts, others)
        await client.views_open(trigger_id=message.trigger_id, view=view)
        await ack()

    @app.message_shortcut(action_ids.EXPLAIN_MESSAGE)
    async def explain(ack: AsyncAck, body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        await use_cases.requests.explain(parse.pointed(body).ask())
        await ack()

    @app.global_shortcut(action_ids.ASK_ANYWHERE)
    async def ask(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        view = forms.ask(await names(str(body["user"]["id"])))
        await client.views_open(trigger_id=str(body["trigger_id"]), view=view)
        await ack()

    @app.view(action_ids.RUN_VIEW)
    async def check_it(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        form = parse.form(body)
        given = await arguments_of(form, ack)
        if given is not None:
            submit = use_cases.requests.submit
            await begin_program(
                ack, form, client, check, lambda code: submit(_submitted(form), code, run=False, given=given)
            )

    @app.view(action_ids.ASK_VIEW)
    async def ask_it(ack: AsyncAck, body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        form = parse.form(body)
        await begin(ack, forms.PROMPT, use_cases.requests.ask(_asked(form, form.fields[forms.PROMPT])))


async def _attached(files: Sequence[Attachment], client: AsyncWebClient) -> tuple[str, str]:
    """The program among the Python files of a message, by name and text; what it imports comes along as files.

    Raises BadRequest where there is none, or none that can be read in time, or where it might be any of several.
    """
    python = [each for each in files if each.name.lower().endswith(".py")]
    if not python:
        raise BadRequest(_NO_CODE)
    if len(python) > _MOST:
        raise BadRequest(f"That message has {len(python)} Python files. The limit is {_MOST}.")
    read = await asyncio.gather(*(read_program(file, client) for file in python))
    texts = {file.name: text for file, text in zip(python, read, strict=True)}
    program = program_among(texts)
    if not program:
        named = ", ".join(f"`{name}`" for name in texts)
        raise BadRequest(
            f"That message has several programs: {named}. Rename the one to run `main.py`, or share it alone."
        )
    return program, texts[program]


def _asked(form: Form, prompt: str, thread_ts: str = "") -> Request:
    channel, target = form.fields[forms.CHANNEL], form.fields[forms.TARGET]
    return Request(
        form.cause, prompt, form.user, channel, thread_ts, form.team, target=target, unseen=bool(thread_ts)
    )


def _submitted(form: Form) -> Request:
    """In the thread of the message that the program stands in, unless another conversation was chosen."""
    channel, thread_ts, files = forms.origin(form.metadata)
    ask = _asked(form, _PURPOSE, thread_ts if form.fields[forms.CHANNEL] == channel else "")
    return replace(ask, attachments=files)
