"""Each subscriber of a session gets its events, whatever becomes of the others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from services.domain.entities import Session, Task
from services.domain.errors import Outdated
from services.notifications.events import ProposalChanged, SessionEvent
from services.notifications.notifier import Subscriber, Subscribers
from tests import builders
from tests.fakes import RecordingNotifier

CHANGED = ProposalChanged(builders.card(builders.proposal()))


@dataclass
class Failing:
    error: Exception

    async def open_task(self, task: Task, session: Session) -> Session:
        raise self.error

    async def notify(self, event: SessionEvent) -> None:
        raise self.error


async def test_an_event_reaches_only_the_subscribers_that_cover_its_session():
    first, second = RecordingNotifier(), RecordingNotifier()
    notifier = Subscribers(
        [Subscriber(first), Subscriber(second, lambda session: session.channel.startswith("C"))]
    )
    await notifier.notify(CHANGED)
    await notifier.notify(ProposalChanged(replace(CHANGED.card, session=builders.session(channel="api:ci"))))
    assert (len(first.recorded), len(second.recorded)) == (2, 1)


async def test_the_thread_that_a_subscriber_opens_is_known_to_the_next_and_to_the_caller():
    first, second = RecordingNotifier(), RecordingNotifier()
    session = await Subscribers([Subscriber(first), Subscriber(second)]).open_task(
        builders.task(), builders.session(thread_ts="")
    )
    assert session.thread_ts == "root-s_1"
    assert first.recorded == second.recorded == ["opened t_1"]


async def test_an_error_of_one_subscriber_is_raised_once_the_others_have_been_called():
    last = RecordingNotifier()
    failing = [Subscriber(Failing(Outdated())), Subscriber(Failing(ValueError()))]
    notifier = Subscribers([*failing, Subscriber(last)])
    with pytest.raises(Outdated):
        await notifier.notify(CHANGED)
    with pytest.raises(Outdated):
        await notifier.open_task(builders.task(), builders.session())
    assert last.recorded == ["p_1 open", "opened t_1"]
