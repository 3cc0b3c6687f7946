"""The port through which a session's events reach people, and the list of its subscribers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.domain.entities import Session, Task
from services.notifications.events import SessionEvent

_log = logging.getLogger(__name__)


class Notifier(Protocol):
    """Shows what happens in a session.

    A call may be repeated after a crash with the same arguments; it must then change only the message that it made before.
    """

    async def open_task(self, task: Task, session: Session) -> Session:
        """Show that work has begun. Returns the session with its thread, which a new session has no name of yet."""
        ...

    async def notify(self, event: SessionEvent) -> None:
        """Show what has happened in the session of the event."""
        ...


def _every(session: Session) -> bool:
    del session
    return True


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A notifier, and the sessions whose events it is for."""

    notifier: Notifier
    covers: Callable[[Session], bool] = _every


class Subscribers:
    """A notifier that passes everything on to all subscribers of the session, in their order.

    An error of one does not keep the others from being called; the first one is raised after that, so that durable work
    repeats the call.
    """

    def __init__(self, subscribers: Iterable[Subscriber]) -> None:
        self._subscribers = tuple(subscribers)

    async def open_task(self, task: Task, session: Session) -> Session:
        errors: list[Exception] = []
        for notifier in self._of(session):
            try:
                session = await notifier.open_task(task, session)
            except Exception as error:  # noqa: BLE001  # raised once all have been called
                errors.append(error)
        _raise_first(errors)
        return session

    async def notify(self, event: SessionEvent) -> None:
        errors: list[Exception] = []
        for notifier in self._of(event.session):
            try:
                await notifier.notify(event)
            except Exception as error:  # noqa: BLE001  # raised once all have been called
                errors.append(error)
        _raise_first(errors)

    def _of(self, session: Session) -> list[Notifier]:
        return [each.notifier for each in self._subscribers if each.covers(session)]


def _raise_first(errors: Sequence[Exception]) -> None:
    for error in errors[1:]:
        _log.error("a subscriber failed after another one had", exc_info=error)
    if errors:
        raise errors[0]
