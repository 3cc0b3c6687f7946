"""Two replicas on one PostgreSQL: they share the work, and when one is killed the other finishes what it had begun."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from services.domain.entities import Run, run_id
from services.domain.errors import TooOften
from services.store import Store, open_database
from services.tasks.admission import Admission, AdmissionLimits
from tests import builders
from tests import postgres as server
from tests.integration.lives import approved, ended
from tests.waiting import until

RUNS = 16

pytestmark = server.needed


@asynccontextmanager
async def replica(url: str, name: str, folder: Path) -> AsyncGenerator[asyncio.subprocess.Process]:
    command = (sys.executable, "-m", "tests.integration.replica", url, name, str(folder))
    with (folder / f"log-{name}").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_what_a_killed_replica_had_begun_is_finished_by_the_other(postgres: str, tmp_path: Path):
    async with open_database(postgres) as engine:
        store = Store(engine)
        proposals = [await approved(store, number) for number in range(10, 10 + RUNS)]
        async with replica(postgres, "a", tmp_path) as first, replica(postgres, "b", tmp_path):
            await until(lambda: _both_at_work(tmp_path, store, proposals))
            first.send_signal(signal.SIGKILL)
            await first.wait()
            left = _followed(tmp_path, "a") - await _ended_now(store, proposals)
            await until(lambda: ended(store, *proposals))
        assert left, "the killed replica had nothing in hand"
        assert left <= _followed(tmp_path, "b"), "what it had in hand is followed by the other"
        assert {path.name for path in tmp_path.glob("raygen-*")} == set(map(run_id, proposals))
        assert await store.replicas.others("b") == {}


async def test_history_and_retention_ask_postgresql_the_same(postgres: str):
    async with open_database(postgres) as engine:
        store = Store(engine)
        names = [await approved(store, number, requester="UA") for number in (90, 91, 92)]
        for name in names:
            proposal = await store.proposals.get(name)
            await store.runs.add(
                Run.of(proposal, approver="UB", created_at=time.time()), proposal, builders.session()
            )
        assert await store.entries.ahead_of(run_id("p_92"), target=True, user=True) == 2
        await store.runs.end(run_id("p_90"), builders.passed())
        assert [each.proposal_id for each in await store.entries.under_way("UB")] == ["p_91", "p_92"]
        assert [each.proposal_id for each in await store.entries.of_user("UA", limit=1)] == ["p_92"]
        assert len(await store.entries.with_run("raygen-9", limit=50)) == 3
        exported = [each.proposal_id async for each in store.entries.all_runs()]
        assert exported[-3:] == names
        assert len(await store.entries.asked_since("UA", 0.0)) == 3
        dropped = await store.retention.drop(time.time() + 1)
        assert dropped.runs >= 1
        assert await store.proposals.find("p_90") is None
        assert await store.proposals.find("p_91") is not None


async def test_they_hold_to_one_limit_together(postgres: str):
    async with open_database(postgres) as engine, open_database(postgres) as other:
        replicas = [
            Admission(Store(each), limits=AdmissionLimits(user_tasks=2), teams=None)
            for each in (engine, other)
        ]
        tasks = [builders.task(id=f"t_l{number}", user="ULIMITED") for number in range(12)]
        reported = await asyncio.gather(
            *(replicas[place % 2].admit(task, builders.session()) for place, task in enumerate(tasks)),
            return_exceptions=True,
        )
        assert [each for each in reported if not isinstance(each, TooOften)] == [None, None]


async def test_the_first_to_record_something_knows_it(postgres: str):
    async with open_database(postgres) as engine:
        store = Store(engine)
        assert [await store.posts.intend("k", "CRAY", "1.1") for _ in range(2)] == [True, False]
        task = builders.task(id="t_first")
        assert [await store.tasks.add(task) for _ in range(2)] == [True, False]


async def _both_at_work(folder: Path, store: Store, proposals: list[str]) -> bool:
    """Whether the second one has taken part, and the first one has something in hand right now."""
    if not _followed(folder, "b"):
        return False
    return bool(_followed(folder, "a") - await _ended_now(store, proposals))


def _followed(folder: Path, name: str) -> set[str]:
    file = folder / "followed"
    lines = file.read_text().splitlines() if file.exists() else []
    return {line.split()[1] for line in lines if line.split()[0] == name}


async def _ended_now(store: Store, proposals: list[str]) -> set[str]:
    return {run_id(each) for each in proposals if await ended(store, each)}


async def test_replicas_that_append_at_once_make_one_audit_chain(postgres: str):
    async with open_database(postgres) as one, open_database(postgres) as two:
        before = (await Store(one).audit.verify()).count
        stores = (Store(one), Store(two))
        tasks = [builders.task(id=f"t_audit{number}") for number in range(60)]
        await asyncio.gather(*(stores[at % 2].tasks.add(task) for at, task in enumerate(tasks)))
        found = await Store(one).audit.verify()
        assert (found.count - before, found.flaws) == (60, ())
