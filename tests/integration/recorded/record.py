"""Record work in flight with the code as it is: `python -m tests.integration.recorded.record FILE.sql`.

Record anew when VERSION in services/workflows/durability.py is raised, and only then.
"""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbos import DBOS

from services.domain.entities import ProposalStatus, run_id
from services.domain.errors import BadRequest
from services.notifications.events import ProposalChanged
from services.store import Store, open_database
from services.workflows import Doorbell, RunLimits
from tests import builders
from tests.fakes import FakeTarget
from tests.integration.lives import World, approved, process
from tests.standins.scripted_model import calls, says
from tests.waiting import until

LIMITS = RunLimits(per_target=1, per_user=1)
REFUSAL = "That can't be done in this recording."
TASKS = ("t_worked", "t_answered", "t_asked", "t_refused", "t_outside")
REPLIES = [calls("write_program", request="add"), says("Here it is."), says("Three.")]


@dataclass
class Held:
    """Steps that begin and then go on until the process ends."""

    begun: set[str] = field(default_factory=set)

    def hold(
        self,
        steps: object,
        name: str,
        *subjects: str,
        error: Exception | None = None,
        id_of: Callable[[Any], object] = lambda subject: getattr(subject, "id", subject),
    ) -> None:
        """Let this step of these subjects raise `error`, or not come to an end; that of others is carried out."""
        step: Callable[..., Awaitable[Any]] = getattr(steps, name)

        async def held(subject: Any, *arguments: Any) -> Any:
            known = id_of(subject)
            if known not in subjects:
                return await step(subject, *arguments)
            if error is not None:
                raise error
            self.begun.add(f"{known} {name}")
            return await asyncio.Event().wait()

        setattr(steps, name, held)


def _changed_task(event: object) -> str:
    """The task whose proposal's card has changed; empty for other events."""
    return event.card.task.id if isinstance(event, ProposalChanged) else ""


async def record(folder: Path) -> None:
    """A database in `folder` with each kind of workflow in the middle of its work."""
    held = Held()

    def prepare(world: World) -> None:
        held.hold(world.tasks, "work", "t_asked")
        held.hold(world.tasks, "conclude", "t_worked", "t_answered")
        held.hold(world.tasks, "wait_for_turn", "t_refused", error=BadRequest(REFUSAL))
        held.hold(world.tasks, "fail", "t_refused")
        held.hold(world.runs, "follow", "p_1")
        held.hold(world.notifier, "notify", "t_old", id_of=_changed_task)

    async with process(folder, REPLIES, FakeTarget(), LIMITS, prepare=prepare) as world:
        for name in TASKS[:4]:
            session = builders.session(id=f"s_{name}", thread_ts=name)
            await world.flows.begin_task(builders.task(id=name, session_id=session.id), session)
            await until(lambda name=name: any(each.startswith(name) for each in held.begun))
        runs = [await approved(world.store, number) for number in (1, 2, 3)]
        for proposal in runs:
            await world.flows.begin_run(proposal)
            await until(lambda: "p_1 follow" in held.begun)
        await until(lambda: f"{run_id('p_3')} QUEUED ''" in world.notifier.recorded)
        old = builders.proposal(id="p_old", task_id="t_old", created_at=time.time() - 2000)
        await world.store.tasks.add(builders.proposed_task(id=old.task_id))
        await world.store.proposals.draft(old)
        await world.store.proposals.move(old.id, ProposalStatus.OPEN)
        await world.flows.attend()
        await until(lambda: "t_old notify" in held.begun)
        hung = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
    DBOS.destroy()
    # Taken in by the next bot, since this one has ended.
    async with open_database(f"sqlite:///{folder / 'raygen.db'}") as engine:
        doorbell = Doorbell(f"sqlite:///{folder / 'raygen.db'}", Store(engine).requests)
        session = builders.session(id="s_outside", thread_ts="")
        await doorbell.begin_task(builders.task(id="t_outside", session_id=session.id), session)


def dump(folder: Path) -> str:
    with sqlite3.connect(folder / "raygen.db") as database:
        return "\n".join(database.iterdump()) + "\n"


def load(sql: str, folder: Path) -> None:
    with sqlite3.connect(folder / "raygen.db") as database:
        database.executescript(sql)


def main(file: Path) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(record(Path(folder)))
        file.write_text(f"-- Recorded by the code of commit {commit}.\n{dump(Path(folder))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
