"""Buttons on a card that open more of it: the program to read or edit, all changes, everything that it accesses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import action_ids, card_modals, programs
from handlers.blocks import parameters as given
from handlers.blocks.action_ids import split_value
from handlers.blocks.card_modals import CardModal
from handlers.listeners.ack import on_press
from handlers.messaging.courier import Courier
from handlers.payloads.parse import Click
from services.usecases.proposals import ProposalActions

Opening = Callable[[str, str], Awaitable[CardModal]]


def register(app: AsyncApp, proposals: ProposalActions, courier: Courier) -> None:
    """Each opens a modal; what is too long for one is also sent as a file to the requester alone."""

    async def program(proposal_id: str, user: str) -> CardModal:
        return card_modals.program(*await proposals.code(proposal_id, user))

    async def compared(proposal_id: str, user: str) -> CardModal:
        return card_modals.compared(*await proposals.compared(proposal_id, user))

    async def touched(proposal_id: str, user: str) -> CardModal:
        return card_modals.touched(await proposals.view(proposal_id, user, "all that it touches"))

    async def edit(proposal_id: str, user: str) -> CardModal:
        return programs.edit(*await proposals.to_edit(proposal_id, user))

    async def parameters(proposal_id: str, user: str) -> CardModal:
        return CardModal(given.choose(await proposals.to_parametrize(proposal_id, user)))

    found: dict[str, Opening] = {
        action_ids.PROPOSAL_EDIT: edit,
        action_ids.PROPOSAL_PARAMETERS: parameters,
        action_ids.PROPOSAL_CODE: program,
        action_ids.PROPOSAL_CHANGES: compared,
        action_ids.PROPOSAL_TOUCHES: touched,
    }
    for action_id, opening in found.items():
        app.action(action_id)(_listener(opening, courier))


def _listener(opening: Opening, courier: Courier) -> Callable[..., Awaitable[None]]:
    async def opened(click: Click, client: AsyncWebClient) -> None:
        modal = await opening(split_value(click.value)[0], click.user)
        await client.views_open(trigger_id=click.trigger_id, view=modal.view)
        if modal.file is not None:
            courier.hand_soon(f"{modal.file.name}:{click.trigger_id}"[:128], click.user, modal.file)

    return on_press(opened, courier)
