"""The buttons on raygen's messages."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import action_ids, modals
from handlers.blocks.action_ids import split_value
from handlers.listeners.ack import DurableOf, on_press
from handlers.listeners.home import Home
from handlers.messaging.courier import Courier
from handlers.payloads.parse import Click
from services.domain.errors import Outdated
from services.usecases.requests import FrontDesk

_ANY = re.compile(r".*")
Deed = Callable[[Click], Awaitable[None]]
Opening = Callable[[Click], Awaitable[dict[str, Any]]]
_DECISIONS = {action_ids.PROPOSAL_APPROVE, action_ids.PROPOSAL_APPROVE_THREAD, action_ids.PROPOSAL_DISMISS}


def register(app: AsyncApp, desk: FrontDesk, courier: Courier, home: Home) -> None:
    """Each button is one call of the front desk, or opens a modal with what that answers; what it refuses is told."""
    deeds: dict[str, Deed] = {
        action_ids.PROPOSAL_APPROVE: lambda click: desk.approve(*split_value(click.value), click.user),
        action_ids.PROPOSAL_TARGET: lambda click: desk.retarget(
            split_value(click.value)[0], split_value(click.value)[2], click.user
        ),
        action_ids.PROPOSAL_REGENERATE: lambda click: desk.regenerate(
            split_value(click.value)[0], click.user
        ),
        action_ids.PROPOSAL_DISMISS: lambda click: desk.dismiss(split_value(click.value)[0], click.user),
        action_ids.PROPOSAL_APPROVE_THREAD: lambda click: desk.approve_thread(
            *split_value(click.value), click.user
        ),
        action_ids.PROPOSAL_ASK: lambda click: desk.ask_approvers(split_value(click.value)[0], click.user),
        action_ids.GRANT_END: lambda click: desk.end_grant(click.value, click.user),
        action_ids.TASK_STOP: lambda click: desk.stop_task(click.value, click.user),
        action_ids.TASK_RETRY: lambda click: desk.retry(click.value, click.user),
        action_ids.RUN_STOP: lambda click: desk.stop_run(click.value, click.user),
        action_ids.RUN_FIX: lambda click: desk.fix(click.value, click.user),
        action_ids.RUN_AGAIN: lambda click: desk.again(click.value, click.user),
        action_ids.RUN_SHARE: lambda click: desk.share(click.value, click.user),
        action_ids.RUN_CODE: lambda click: desk.hand_out_code(click.value, click.user),
    }
    for action_id, deed in deeds.items():
        durable = _decided(desk) if action_id in _DECISIONS else None
        app.action(action_id)(_listener(deed, courier, home, durable))

    async def reject(click: Click) -> dict[str, Any]:
        return modals.reject(await desk.to_reject(split_value(click.value)[0], click.user))

    async def attempts(click: Click) -> dict[str, Any]:
        return modals.attempts(await desk.proposal(split_value(click.value)[0], click.user))

    async def change(click: Click) -> dict[str, Any]:
        return modals.change(await desk.to_change(click.value, click.user))

    async def details(click: Click) -> dict[str, Any]:
        return modals.details(*await desk.outcome(click.value, click.user))

    openings: dict[str, Opening] = {
        action_ids.PROPOSAL_REJECT: reject,
        action_ids.PROPOSAL_ATTEMPTS: attempts,
        action_ids.RUN_CHANGE: change,
        action_ids.RUN_DETAILS: details,
    }
    for action_id, opening in openings.items():
        app.action(action_id)(_opener(opening, courier))

    @app.action(_ANY)
    async def unknown(ack: AsyncAck) -> None:  # pyright: ignore[reportUnusedFunction]
        await ack()
        raise Outdated("That button is from an older version of raygen. Ask again in this thread.")


def _listener(
    deed: Deed, courier: Courier, home: Home, durable: DurableOf | None
) -> Callable[..., Awaitable[None]]:
    async def done(click: Click, client: AsyncWebClient) -> None:
        async with home.fresh(click, client):
            await deed(click)

    return on_press(done, courier, durable)


def _opener(opening: Opening, courier: Courier) -> Callable[..., Awaitable[None]]:
    async def opened(click: Click, client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=click.trigger_id, view=await opening(click))

    return on_press(opened, courier)


def _decided(desk: FrontDesk) -> DurableOf:
    """The database has a decision within milliseconds; what takes long is telling Slack of it, or asking who may decide."""
    return lambda click: lambda: desk.has_decided(split_value(click.value)[0], click.user)
