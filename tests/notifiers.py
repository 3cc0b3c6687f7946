"""Slack's notifier as the bot has it, over a store."""

from __future__ import annotations

from functools import partial

from handlers.messaging.courier import Courier
from handlers.messaging.slack_notifier import SlackNotifier
from handlers.messaging.streams import LiveCards
from services.approvals.authorizer import Authorizer
from services.proposals.thread_updates import newer
from services.store import Store
from services.targets.targets import Targets


def slack_notifier(
    store: Store, courier: Courier, cards: LiveCards, targets: Targets, approvals: Authorizer
) -> SlackNotifier:
    return SlackNotifier(
        courier,
        cards,
        targets,
        approvals=approvals,
        preferences=store.preferences,
        before=store.proposals.approved_before,
        newer=partial(newer, store),
    )
