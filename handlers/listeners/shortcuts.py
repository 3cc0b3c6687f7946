"""What can be started from any message, and from anywhere: by Slack's menus instead of by words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import action_ids
from handlers.blocks import shortcuts as forms
from handlers.blocks.forms import problem
from handlers.listeners.attached_programs import AttachedProgram, attached_program
from handlers.listeners.form_validation import Check, arguments_of, begin, begin_program
from handlers.payloads import parse
from handlers.payloads.parse import Form
from services.domain import projects
from services.domain.errors import BadRequest
from services.domain.projects import WhichProgram
from services.targets.targets import Targets
from services.usecases import UseCases
from services.usecases.requests import Request

_PURPOSE = "A program from a message in Slack."


def register(app: AsyncApp, use_cases: UseCases, check: Check, targets: Targets) -> None:
    """Forms open while their trigger is fresh; whatever begins work makes it durable, then acknowledges."""

    async def names(user: str) -> list[str]:
        own = targets.first_for(user, (await use_cases.preferences.of(user)).target)
        open_to = [place.name for place in targets.open_to(user)] or [own]
        return sorted(open_to, key=lambda name: name != own)

    _register_run(app, names)

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


def _register_run(app: AsyncApp, names: Callable[[str], Awaitable[list[str]]]) -> None:
    """The form for the program of a message, after a question where it may be any of several files."""

    @app.message_shortcut(action_ids.RUN_MESSAGE)
    async def run(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        message = await asyncio.to_thread(parse.pointed, body)
        place = forms.Origin(message.channel, message.thread_ts, message.attachments)
        try:
            if message.code:
                written = await projects.plain(message.code)
                program = AttachedProgram(written.code, written.note, message.attachments)
            else:
                program = await attached_program(message.attachments, client)
        except WhichProgram as several:
            view = forms.choose(several.names, place)
        else:
            place = replace(place, files=program.others, note=program.note)
            view = forms.run(program.code, await names(message.user), place)
        await client.views_open(trigger_id=message.trigger_id, view=view)
        await ack()

    @app.view(action_ids.RUN_CHOICE)
    async def choose(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        form = parse.form(body)
        place = forms.origin(form.metadata)
        try:
            program = await attached_program(place.files, client, int(form.fields[forms.PROGRAM]))
        except BadRequest as refusal:
            await ack(response_action="errors", errors={forms.PROGRAM: problem(refusal.public)})
            return
        place = replace(place, files=program.others, note=program.note)
        await ack(response_action="update", view=forms.run(program.code, await names(form.user), place))


def _asked(form: Form, prompt: str, thread_ts: str = "") -> Request:
    channel, target = form.fields[forms.CHANNEL], form.fields[forms.TARGET]
    return Request(
        form.cause, prompt, form.user, channel, thread_ts, form.team, target=target, unseen=bool(thread_ts)
    )


def _submitted(form: Form) -> Request:
    """In the thread of the message that the program stands in, unless another conversation was chosen."""
    place = forms.origin(form.metadata)
    purpose = f"{_PURPOSE} {place.note}".strip()
    ask = _asked(form, purpose, place.thread_ts if form.fields[forms.CHANNEL] == place.channel else "")
    return replace(ask, attachments=place.files)
