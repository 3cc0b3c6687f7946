"""The buttons on raygen's messages."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from handlers import ids, requests
from handlers.blocks import modals
from handlers.home import Home
from handlers.ids import split_value
from handlers.requests import Click
from services.desk import FrontDesk
from services.errors import Outdated

Deed = Callable[[Click], Awaitable[None]]


def register(app: AsyncApp, desk: FrontDesk, home: Home) -> None:
    """Each button is one call of the front desk; what it refuses is told by the error mapper."""
    deeds: dict[str, Deed] = {
        ids.PROPOSAL_APPROVE: lambda click: desk.approve(*split_value(click.value), click.user),
        ids.PROPOSAL_TARGET: lambda click: desk.retarget(
            split_value(click.value)[0], split_value(click.value)[2], click.user
        ),
        ids.PROPOSAL_REGENERATE: lambda click: desk.regenerate(split_value(click.value)[0], click.user),
        ids.PROPOSAL_DISMISS: lambda click: desk.dismiss(split_value(click.value)[0], click.user),
        ids.PROPOSAL_APPROVE_THREAD: lambda click: desk.approve_thread(*split_value(click.value), click.user),
        ids.PROPOSAL_ASK: lambda click: desk.ask_approvers(split_value(click.value)[0], click.user),
        ids.GRANT_END: lambda click: desk.end_grant(click.value, click.user),
        ids.TASK_STOP: lambda click: desk.stop_task(click.value, click.user),
        ids.TASK_RETRY: lambda click: desk.retry(click.value, click.user),
        ids.RUN_STOP: lambda click: desk.stop_run(click.value, click.user),
        ids.RUN_FIX: lambda click: desk.fix(click.value, click.user),
        ids.RUN_AGAIN: lambda click: desk.again(click.value, click.user),
        ids.RUN_SHARE: lambda click: desk.share(click.value, click.user),
        ids.RUN_CODE: lambda click: desk.hand_out_code(click.value, click.user),
    }
    for action_id, deed in deeds.items():
        app.action(action_id)(_listener(deed, home))

    @app.action(ids.PROPOSAL_REJECT)
    async def reject(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        click = requests.click(body)
        proposal = await desk.open_proposal(split_value(click.value)[0], click.user)
        await client.views_open(trigger_id=click.trigger_id, view=modals.reject(proposal))
        await ack()

    @app.action(ids.PROPOSAL_ATTEMPTS)
    async def attempts(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        click = requests.click(body)
        proposal = await desk.proposal(split_value(click.value)[0], click.user)
        await client.views_open(trigger_id=click.trigger_id, view=modals.attempts(proposal))
        await ack()

    @app.action(ids.RUN_CHANGE)
    async def change(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        click = requests.click(body)
        view = modals.change(await desk.proposal(click.value))
        await client.views_open(trigger_id=click.trigger_id, view=view)
        await ack()

    @app.action(ids.RUN_DETAILS)
    async def details(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        click = requests.click(body)
        view = modals.details(*await desk.outcome(click.value, click.user))
        await client.views_open(trigger_id=click.trigger_id, view=view)
        await ack()

    @app.action(re.compile(r".*"))
    async def unknown(ack: AsyncAck) -> None:  # pyright: ignore[reportUnusedFunction]
        await ack()
        raise Outdated("That button is from an older version of raygen; please ask again in this thread.")


def _listener(deed: Deed, home: Home) -> Callable[..., Awaitable[None]]:
    async def listener(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        click = requests.click(body)
        async with home.fresh(click, client):
            await deed(click)
        await ack()

    return listener
