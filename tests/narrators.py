"""Slack's narrator as the bot has it, over a store."""

from __future__ import annotations

from functools import partial

from handlers.messaging.courier import Courier
from handlers.messaging.slack_notifier import SlackNarrator
from handlers.messaging.streams import LiveCards
from services.approvals.authorizer import Approvals
from services.proposals.thread_updates import newer
from services.store import Store
from services.targets.targets import Targets


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
