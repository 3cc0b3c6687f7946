"""Slack's notifier as the bot has it, over a store."""

from __future__ import annotations

from handlers.messaging.courier import Courier
from handlers.messaging.slack_notifier import SlackNotifier
from handlers.messaging.streams import LiveCards
from services.approvals.authorizer import Authorizer
from services.proposals.cards import ProposalCards
from services.store import Store
from services.targets.targets import Targets


def slack_notifier(
    store: Store, courier: Courier, cards: LiveCards, targets: Targets, approvals: Authorizer
) -> SlackNotifier:
    return SlackNotifier(
        courier,
        cards,
        targets,
        preferences=store.preferences,
        proposals=ProposalCards(store=store, targets=targets, approvals=approvals),
    )
