"""Slack's narrator as the bot has it, over a store."""

from __future__ import annotations

from functools import partial

from handlers.delivery import Courier
from handlers.live import LiveCards
from handlers.narrator import SlackNarrator
from services.approvals.desk import Approvals
from services.newer import newer
from services.store import Store
from services.targets import Targets


def slack_narrator(
    store: Store, courier: Courier, cards: LiveCards, targets: Targets, approvals: Approvals
) -> SlackNarrator:
    return SlackNarrator(
        courier,
        cards,
        targets,
        approvals=approvals,
        preferences=store.preferences,
        before=store.proposals.approved_before,
        newer=partial(newer, store),
    )
