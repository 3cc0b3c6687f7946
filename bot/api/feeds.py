"""Streams the events of a task to its followers over HTTP.

Nothing depends on a follower: results are in the store, and one who connects late or leaves early misses only progress.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from pydantic import BaseModel

from bot.api import wire
from services.domain.entities import Proposal, Run, Session, Task
from services.notifications.events import (
    ApprovalRequested,
    CodeRequested,
    GrantChanged,
    NotebookRequested,
    ProposalChanged,
    ResultShared,
    RunContinues,
    RunEnded,
    RunProgressed,
    RunStarted,
    RunView,
    SessionEvent,
    TaskEnded,
    TaskProgress,
    TaskProgressed,
)
from services.text.formatting import clean

_TAIL = 4000


class Feed:
    """What one follower has not received yet: the newest of each kind only, so that it can't pile up."""

    def __init__(self) -> None:
        self._news: dict[str, BaseModel] = {}
        self._there = asyncio.Event()

    def put(self, name: str, news: BaseModel) -> None:
        self._news[name] = news
        self._there.set()

    def wake(self) -> None:
        """Make the follower read the store."""
        self._there.set()

    async def news(self, within: float) -> dict[str, BaseModel]:
        """By kind; empty when nothing came `within` so many seconds, or when the store has something new."""
        try:
            async with asyncio.timeout(within):
                await self._there.wait()
        except TimeoutError:
            return {}
        self._there.clear()
        found, self._news = self._news, {}
        return found


class Feeds:
    """A notifier for all followers in this process, by the task that they follow."""

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

    def _put(self, task_id: str, name: str, news: BaseModel) -> None:
        for feed in self._feeds.get(task_id, ()):
            feed.put(name, news)

    def _wake(self, task_id: str) -> None:
        for feed in self._feeds.get(task_id, ()):
            feed.wake()

    async def open_task(self, task: Task, session: Session) -> Session:
        self._show_progress(task, TaskProgress())
        return session

    async def notify(self, event: SessionEvent) -> None:
        """The answer itself is read from the store, so followers are only woken at an end; all else is for people."""
        match event:
            case TaskProgressed(task, _, progress):
                self._show_progress(task, progress)
            case RunStarted(run, proposal):
                self._show_run(run, proposal, RunView("PENDING", "", 0.0))
            case RunProgressed(run, proposal, _, view):
                self._show_run(run, proposal, view)
            case TaskEnded(task):
                self._wake(task.id)
            case RunEnded(_, proposal):
                self._wake(proposal.task_id)
            case (
                ProposalChanged()
                | ApprovalRequested()
                | GrantChanged()
                | RunContinues()
                | ResultShared()
                | CodeRequested()
                | NotebookRequested()
            ):
                pass

    def _show_progress(self, task: Task, progress: TaskProgress) -> None:
        steps = [wire.Step(phase=it.phase, attempt=it.attempt, note=it.note) for it in progress.stages]
        self._put(task.id, "progress", wire.Progress(steps=steps, words=progress.words))

    def _show_run(self, run: Run, proposal: Proposal, view: RunView) -> None:
        shown = clean(view.output[-_TAIL:])
        news = wire.Running(id=run.id, status=view.status, output=shown, elapsed=view.elapsed, note=view.note)
        self._put(proposal.task_id, "run", news)
