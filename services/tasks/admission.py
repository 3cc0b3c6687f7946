"""Which requests are taken: from where, how often, how many at once, and how much a day may cost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection

from services.domain.entities import Session, Task
from services.domain.errors import NotAllowed, TooOften
from services.store import Store
from services.store.admissions import AdmissionTurn, Begun
from services.tasks.admission_limits import AdmissionLimits, Day
from services.tasks.rate_limit import Throttle
from services.text.formatting import human_seconds, plural

Teams = Callable[[str], Awaitable[frozenset[str]]]
"""The workspaces (team IDs) that a user (ID) is a member of; none where that is not known."""
DIRECT = "dm"
"""What stands for direct messages among the channels."""
_DAY = 86_400.0
_NOT_HERE = "raygen isn't available in this workspace. Ask its operators for access."
# A task has its row within milliseconds of its beginning; one that has none by now never began.
_ROWLESS = 60.0


class Nowhere(NotAllowed):
    """The workspace of this thread is unknown. Ask in a new thread."""


class Admission:
    """Holds requests to the limits, together with all replicas; a repeated request never counts twice.

    `teams` says of which workspaces a person is a member; without it their workspaces are not checked.
    """

    def __init__(self, store: Store, *, limits: AdmissionLimits, teams: Teams | None) -> None:
        self._store = store
        self._limits = limits
        self._teams = teams
        self.users = Throttle(store.entries.asked_since, self._limits.user_rate)
        self.channels = Throttle(
            store.entries.asked_in, self._limits.channel_rate, "This channel is limited to"
        )
        self._one = asyncio.Lock()

    async def admit(self, task: Task, session: Session) -> None:
        """Count a request.

        Raises NotAllowed for the wrong place, TooOften, which says when to come back, and StorageFull.
        """
        self._store.disk.check()
        self._check_place(session)
        await self._check_home(task, session)
        await self._check_day(self._limits.day, "", "Today's budget for all requests is used up")
        await self._check_day(self._limits.user_day, task.user, "Your budget for today is used up")
        if self._counts:
            # No more than one connection of this process waits for the others.
            async with self._one, self._store.admissions.turn() as turn:
                await self._count(task, session, turn)

    @property
    def _counts(self) -> bool:
        limits = self._limits
        most = (self.users.rate, self.channels.rate, limits.user_tasks, limits.channel_tasks)
        return any(each is not None for each in most)

    async def _count(self, task: Task, session: Session, turn: AdmissionTurn) -> None:
        """Whether there is room for it, by what all replicas have let in."""
        user, channel = task.user, session.channel
        known = await turn.begun(_ROWLESS)
        try:
            await self.users.admit(
                user, task.id, {each.task_id: each.at for each in known if each.user == user}
            )
            await self.channels.admit(
                channel, task.id, {each.task_id: each.at for each in known if each.channel == channel}
            )
            await self._check_room(task, session, known)
        except TooOften:
            self.users.forget(user, task.id)
            self.channels.forget(channel, task.id)
            raise
        await turn.let_in(Begun(task.id, user, channel, time.time()))

    def _check_place(self, session: Session) -> None:
        limits, channel = self._limits, session.channel
        if not _of_slack(channel):
            return
        if limits.workspaces and session.team not in limits.workspaces:
            raise NotAllowed(_NOT_HERE) if session.team else Nowhere()
        named = DIRECT if channel.startswith("D") else channel
        if limits.channels and named not in limits.channels:
            places = [f"<#{each}>" for each in sorted(limits.channels) if each != DIRECT]
            places += ["direct messages"] if DIRECT in limits.channels else []
            raise NotAllowed(f"raygen isn't available in this channel. Use {' or '.join(places)}.")

    async def _check_home(self, task: Task, session: Session) -> None:
        """A guest of a shared channel asks from elsewhere, and spends what is meant for others."""
        allowed = self._limits.workspaces
        if not allowed or self._teams is None or not _of_slack(session.channel):
            return
        if not (await self._teams(task.user)).intersection(allowed):
            raise NotAllowed(
                "raygen isn't available to people from your workspace. Ask its operators for access."
            )

    async def _check_day(self, day: Day, user: str, sentence: str) -> None:
        if not day:
            return
        now = time.time()
        midnight = now - now % _DAY
        tokens, money = await self._store.spendings.total(since=midnight, user=user)
        spent = [
            *([f"{day.tokens:,} tokens"] if day.tokens is not None and tokens >= day.tokens else []),
            *([f"{day.money:.2f} USD"] if day.money is not None and money >= day.money else []),
        ]
        if spent:
            left = human_seconds(midnight + _DAY - now)
            raise TooOften(f"{sentence} ({' and '.join(spent)}). Try again in {left}.")

    async def _check_room(self, task: Task, session: Session, known: list[Begun]) -> None:
        limits = self._limits
        if limits.user_tasks is None and limits.channel_tasks is None:
            return
        ids = [each.task_id for each in known]
        own = await self._store.entries.standing(user=task.user, ids=ids)
        there = await self._store.entries.standing(channel=session.channel, ids=ids)
        mine = _under_way(own, [each.task_id for each in known if each.user == task.user])
        here = _under_way(there, [each.task_id for each in known if each.channel == session.channel])
        if limits.user_tasks is not None and len(mine - {task.id}) >= limits.user_tasks:
            raise TooOften(
                f"You have {plural(len(mine), 'request')} in progress, and the limit is {limits.user_tasks}. Wait for one to finish, or stop one."
            )
        if limits.channel_tasks is not None and len(here - {task.id}) >= limits.channel_tasks:
            raise TooOften(
                f"This channel has {plural(len(here), 'request')} in progress, and the limit is {limits.channel_tasks}. Wait for one to finish."
            )


def _of_slack(channel: str) -> bool:
    return channel[:1].isupper()


def _under_way(known: dict[str, bool], begun: Collection[str]) -> set[str]:
    """Those that are known to be, and those just begun of which nothing is known yet."""
    return {name for name, goes_on in known.items() if goes_on} | {
        name for name in begun if name not in known
    }
