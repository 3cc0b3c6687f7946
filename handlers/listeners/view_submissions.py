"""The forms in which a person edits a program, or says what should be different."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import action_ids
from handlers.listeners.edits import begin_edit
from handlers.listeners.form_validation import Check, begin, begin_parameters
from handlers.payloads import parse
from services.usecases import UseCases


def register(app: AsyncApp, use_cases: UseCases, check: Check) -> None:
    """What the policy refuses is shown in the form, beside the field; everything else is validated."""

    @app.view(action_ids.EDIT_VIEW)
    async def submit(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        await begin_edit(ack, parse.form(body), client, check, use_cases)

    @app.view(action_ids.PARAMETERS_VIEW)
    async def parametrize(ack: AsyncAck, body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        form = parse.form(body)
        await begin_parameters(ack, form, use_cases)

    @app.view(action_ids.CHANGE_VIEW)
    async def change(ack: AsyncAck, body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        form = parse.form(body)
        (field, text), *_ = form.fields.items()
        await begin(ack, field, use_cases.requests.change(form.metadata, text, form.user, form.cause))

    @app.view(action_ids.REJECT_VIEW)
    async def reject(ack: AsyncAck, body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        form = parse.form(body)
        (field, reason), *_ = form.fields.items()
        await begin(ack, field, use_cases.proposals.reject(form.metadata, reason, form.user))
