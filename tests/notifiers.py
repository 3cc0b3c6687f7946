"""Slack's notifier as the bot has it, over a store."""

from __future__ import annotations

from handlers.messaging.courier import Courier
from handlers.messaging.slack_notifier import SlackNotifier
from handlers.messaging.streams import LiveCards
from services.domain.entities import Proposal, Session, Task
from services.domain.values import Spent
from services.notifications.events import TaskEnded
from services.notifications.notifier import Notifier
from services.proposals.cards import ProposalCards
from services.store import Store
from services.targets.targets import Targets


def slack_notifier(store: Store, courier: Courier, cards: LiveCards, targets: Targets) -> SlackNotifier:
    return SlackNotifier(
        courier,
        cards,
        targets,
        preferences=store.preferences,
    )


async def show(
    notifier: Notifier, cards: ProposalCards, task: Task, proposal: Proposal, session: Session
) -> None:
    """Post the card of what a task has proposed."""
    await notifier.notify(TaskEnded(task, session, await cards.build(task, proposal, session), Spent()))
