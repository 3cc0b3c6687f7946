"""The forms in which a person edits a program, or says what should be different."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from handlers import ids, requests
from handlers.blocks import modals
from services.desk import FrontDesk
from services.model import PolicyReport


def register(app: AsyncApp, desk: FrontDesk, check: Callable[[str], PolicyReport]) -> None:
    """What the policy refuses is shown in the form, beside the field; everything else is validated."""

    @app.view(ids.EDIT_VIEW)
    async def submit(ack: AsyncAck, body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        form = requests.form(body)
        code = modals.joined(form.fields, (await desk.proposal(form.metadata)).program.code)
        if problems := modals.problems(form.fields, check(code)):
            await ack(response_action="errors", errors=problems)
            return
        await desk.edit(form.metadata, code, form.user, f"view {form.view_id}")
        await ack()

    @app.view(ids.CHANGE_VIEW)
    async def change(ack: AsyncAck, body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        form = requests.form(body)
        (field, text), *_ = form.fields.items()
        if not text.strip():
            await ack(
                response_action="errors", errors={field: "Say in a few words what should be different."}
            )
            return
        await desk.change(form.metadata, text, form.user, f"view {form.view_id}")
        await ack()

    @app.view(ids.REJECT_VIEW)
    async def reject(ack: AsyncAck, body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        form = requests.form(body)
        (field, reason), *_ = form.fields.items()
        if not reason.strip():
            await ack(response_action="errors", errors={field: "Say in a few words why it shall not run."})
            return
        await desk.reject(form.metadata, reason, form.user)
        await ack()
