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
from services.usecases import UseCases
from services.usecases.proposals import ProposalActions

_ANY = re.compile(r".*")
Deed = Callable[[Click], Awaitable[object]]
Opening = Callable[[Click], Awaitable[dict[str, Any]]]
_DECISIONS = {action_ids.PROPOSAL_APPROVE, action_ids.PROPOSAL_APPROVE_THREAD, action_ids.PROPOSAL_DISMISS}


def register(app: AsyncApp, use_cases: UseCases, courier: Courier, home: Home) -> None:
    """Each button is one call of a use case, or opens a modal with its answer; a refusal is shown to the person."""
    for action_id, deed in _deeds(use_cases).items():
        durable = _decided(use_cases.proposals) if action_id in _DECISIONS else None
        app.action(action_id)(_listener(deed, courier, home, durable))

    for action_id, opening in _openings(use_cases).items():
        app.action(action_id)(_opener(opening, courier))

    @app.action(_ANY)
    async def unknown(ack: AsyncAck) -> None:  # pyright: ignore[reportUnusedFunction]
        await ack()
        raise Outdated("That button is from an older version of raygen. Ask again in this thread.")


def _deeds(use_cases: UseCases) -> dict[str, Deed]:
    requests, proposals, runs = use_cases.requests, use_cases.proposals, use_cases.runs

    async def approve(click: Click) -> None:
        proposal_id, digest, target = split_value(click.value)
        await proposals.approve(proposal_id, digest=digest, target=target, user=click.user)

    async def approve_thread(click: Click) -> None:
        proposal_id, digest, target = split_value(click.value)
        await proposals.approve_thread(proposal_id, digest=digest, target=target, user=click.user)

    async def retarget(click: Click) -> None:
        proposal_id, _, target = split_value(click.value)
        await proposals.retarget(proposal_id, target, click.user)

    return {
        action_ids.PROPOSAL_APPROVE: approve,
        action_ids.PROPOSAL_APPROVE_THREAD: approve_thread,
        action_ids.PROPOSAL_TARGET: retarget,
        action_ids.PROPOSAL_REGENERATE: lambda click: requests.regenerate(_proposal(click), click.user),
        action_ids.PROPOSAL_DISMISS: lambda click: proposals.dismiss(_proposal(click), click.user),
        action_ids.PROPOSAL_ASK: lambda click: proposals.ask_approvers(_proposal(click), click.user),
        action_ids.GRANT_END: lambda click: proposals.end_grant(click.value, click.user),
        action_ids.TASK_STOP: lambda click: requests.stop_task(click.value, click.user),
        action_ids.TASK_RETRY: lambda click: requests.retry(click.value, click.user),
        action_ids.RUN_STOP: lambda click: runs.stop(click.value, click.user),
        action_ids.RUN_FIX: lambda click: requests.fix(click.value, click.user),
        action_ids.RUN_AGAIN: lambda click: requests.again(click.value, click.user),
        action_ids.RUN_RESUME: lambda click: requests.resume(click.value, click.user),
        action_ids.RUN_SHARE: lambda click: runs.share(click.value, click.user),
        action_ids.RUN_CODE: lambda click: runs.hand_out_code(click.value, click.user),
        action_ids.RUN_NOTEBOOK: lambda click: runs.hand_out_notebook(click.value, click.user),
    }


def _openings(use_cases: UseCases) -> dict[str, Opening]:
    proposals, runs = use_cases.proposals, use_cases.runs

    async def reject(click: Click) -> dict[str, Any]:
        return modals.reject(await proposals.to_reject(_proposal(click), click.user))

    async def attempts(click: Click) -> dict[str, Any]:
        return modals.attempts(await proposals.view(_proposal(click), click.user))

    async def change(click: Click) -> dict[str, Any]:
        return modals.change(await proposals.to_change(click.value, click.user))

    async def details(click: Click) -> dict[str, Any]:
        return modals.details(*await runs.outcome(click.value, click.user))

    return {
        action_ids.PROPOSAL_REJECT: reject,
        action_ids.PROPOSAL_ATTEMPTS: attempts,
        action_ids.RUN_CHANGE: change,
        action_ids.RUN_DETAILS: details,
    }


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


def _decided(proposals: ProposalActions) -> DurableOf:
    """The database has a decision within milliseconds; what takes long is telling Slack of it, or asking who may decide."""
    return lambda click: lambda: proposals.has_decided(_proposal(click), click.user)


def _proposal(click: Click) -> str:
    """The ID of the proposal that a button of its card is about."""
    return split_value(click.value)[0]
