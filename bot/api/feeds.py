"""Tells followers of a task what happens in it: the Notifier of those who ask over HTTP.

Nothing depends on anybody's listening: what counts is in the store, and a follower who comes late or leaves early
misses only how it went.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from pydantic import BaseModel

from bot.api import wire
from services.domain.entities import Proposal, Run, Session, Task
from services.domain.program_facts import Grant
from services.domain.values import Spent
from services.notifications.notifier import ApprovalRequest, RunProgress, RunView
from services.text.formatting import clean

_TAIL = 4000


class Feed:
    """What one follower has not been told yet: of each kind of news only the newest, so that it can't pile up."""

    def __init__(self) -> None:
        self._news: dict[str, BaseModel] = {}
        self._there = asyncio.Event()

    def tell(self, name: str, news: BaseModel) -> None:
        self._news[name] = news
        self._there.set()

    def wake(self) -> None:
        """Have the follower look for itself."""
        self._there.set()

    async def news(self, patience: float) -> dict[str, BaseModel]:
        """By kind; empty when nothing came within `patience` (seconds), or when there is something else to see."""
        try:
            async with asyncio.timeout(patience):
                await self._there.wait()
        except TimeoutError:
            return {}
        self._there.clear()
        found, self._news = self._news, {}
        return found


class Feeds:
    """All followers in this process, by the task that they follow."""

    def __init__(self) -> None:
        self._feeds: dict[str, set[Feed]] = {}

    @contextmanager
    def follow(self, task_id: str) -> Generator[Feed]:
        feed = Feed()
        self._feeds.setdefault(task_id, set()).add(feed)
        try:
            yield feed
        finally:
            self._feeds[task_id].discard(feed)
            if not self._feeds[task_id]:
                del self._feeds[task_id]

    def _tell(self, task_id: str, name: str, news: BaseModel) -> None:
        for feed in self._feeds.get(task_id, ()):
            feed.tell(name, news)

    def _wake(self, task_id: str) -> None:
        for feed in self._feeds.get(task_id, ()):
            feed.wake()

    async def task_opened(self, task: Task, session: Session) -> Session:
        await self.task_progress(task, session, RunProgress())
        return session

    async def task_progress(self, task: Task, session: Session, progress: RunProgress) -> None:
        del session
        steps = [wire.Step(phase=it.phase, attempt=it.attempt, note=it.note) for it in progress.stages]
        self._tell(task.id, "progress", wire.Progress(steps=steps, words=progress.words))

    async def task_concluded(
        self, task: Task, session: Session, proposal: Proposal | None, spent: Spent
    ) -> None:
        """The answer itself is read from the store."""
        del session, proposal, spent
        self._wake(task.id)

    async def proposal_decided(self, task: Task, proposal: Proposal, session: Session) -> None:
        """As with the answer."""

    async def approval_wanted(
        self, task: Task, proposal: Proposal, session: Session, wanted: ApprovalRequest
    ) -> None:
        """Who may approve runs of the API looks after them."""

    async def thread_approved(self, grant: Grant, session: Session) -> None:
        """The API gives no approvals for whole sessions."""

    async def run_opened(self, run: Run, proposal: Proposal, session: Session) -> None:
        await self.run_progress(run, proposal, session, RunView("PENDING", "", 0.0))

    async def run_progress(self, run: Run, proposal: Proposal, session: Session, view: RunView) -> None:
        del session
        shown = clean(view.output[-_TAIL:])
        news = wire.Running(id=run.id, status=view.status, output=shown, elapsed=view.elapsed, note=view.note)
        self._tell(proposal.task_id, "run", news)

    async def run_ended(self, run: Run, proposal: Proposal, session: Session) -> None:
        """As with the answer."""
        del run, session
        self._wake(proposal.task_id)

    async def result_shared(self, run: Run, proposal: Proposal, session: Session, user: str) -> bool:
        """There is nobody else in a session of the API."""
        del run, proposal, session, user
        return False

    async def code_wanted(self, proposal: Proposal, session: Session, user: str) -> None:
        """Answers carry the code."""
