"""The embedded cluster through crashes: of the bot, of itself, and of both."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from services.domain.target_profile import TargetProfile
from services.domain.values import Verdict
from services.execution.api import RayApi
from services.execution.cluster_directory import ClusterDirectory, read, write
from services.execution.embedded import EmbeddedTarget
from services.execution.interface import Job, Output
from services.execution.jobs import JobsTarget
from services.execution.outgoing import Outgoing
from services.targets.profiles import Profiles
from tests.integration.execution.conftest import (
    CARE,
    cluster_of,
    opened,
    owner,
    processes_of,
    run,
    told,
)
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

TICKS = "import time\nfor n in range(20):\n    print('tick', n, flush=True)\n    time.sleep(0.1)\n"
ENDLESS = "import time\nprint('on', flush=True)\nwhile True:\n    time.sleep(0.1)\n"


async def test_a_cluster_goes_from_bot_to_bot_until_nobody_comes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One that is killed, one that closes while a run is active, and one that allows no way out, in turn."""
    root = tmp_path / "target"
    async with owner(root, "ticks", TICKS, orphan_limit=60) as before:
        pass
    assert before.alive()
    with caplog.at_level(logging.INFO):
        async with opened(root) as target:
            assert cluster_of(root) == before
            assert await target.submit(Job("ticks", TICKS)) is False
            text, outcome = await told(target, "ticks")
            assert text == "".join(f"tick {n}\n" for n in range(20))
            assert outcome.verdict is Verdict.PASSED
            await _active(target, "endless")
    assert before.alive(), "a clean close leaves an active run to the guard"
    assert f"stops after {CARE.orphan_limit:.0f} s" in caplog.text, "and says so"
    record = read(ClusterDirectory(root).state)
    write(ClusterDirectory(root).state, {**record, "outgoing": "internet"})
    timeouts = replace(CARE, orphan_limit=1.0)
    async with opened(root, timeouts, outgoing=Outgoing.NONE) as target:
        assert not before.alive(), "its way out is not allowed any more"
        after = cluster_of(root)
        assert after.outgoing is Outgoing.NONE
        assert (await told(target, "endless"))[1].verdict is Verdict.UNAVAILABLE
        await _active(target, "more")
    assert after.alive()
    await until(lambda: not after.alive() and not processes_of(root))
    # The run that was left to the guard ended with it, and the next bot says so.
    async with opened(root) as target:
        assert (await told(target, "more"))[1].verdict is Verdict.UNAVAILABLE
        last = cluster_of(root)
    assert not last.alive(), "a clean close without an active run ends it"
    assert processes_of(root) == []
    assert ClusterDirectory(root).clusters() == []


async def _active(target: EmbeddedTarget, name: str) -> None:
    await target.submit(Job(name, ENDLESS))
    await until((target._home.root / "claims" / name).exists)


async def test_an_orphan_ends_by_itself(tmp_path: Path) -> None:
    root = tmp_path / "target"
    async with owner(root, "endless", ENDLESS, orphan_limit=1) as cluster:
        assert cluster.alive()
        assert cluster.pid in processes_of(root)
    await until(lambda: not cluster.alive() and not processes_of(root))


async def test_a_start_that_takes_too_long_is_not_reported_as_broken(tmp_path: Path) -> None:
    impatient = replace(CARE, boot_limit=0.01, tries=1, health_every=60.0)
    async with EmbeddedTarget(tmp_path / "target", outgoing=Outgoing.NONE, timeouts=impatient) as target:
        await until(lambda: _missing(target))
    assert processes_of(tmp_path / "target") == []


async def _missing(target: EmbeddedTarget) -> bool:
    return "this machine is slow or busy" in (await target.readiness()).missing


async def test_two_bots_share_a_cluster_and_the_first_to_leave_leaves_it(shared: EmbeddedTarget) -> None:
    root = shared._home.root
    before = cluster_of(root)
    async with opened(root) as second:
        assert second.address == shared.address
        assert (await run(second, "second", "print('mine')\n"))[0] == "mine\n"
    assert before.alive()
    assert (await told(shared, "second"))[0] == "mine\n"


@dataclass
class _Asked:
    """The cluster of a target as another bot asks it."""

    target: EmbeddedTarget

    async def session(self) -> str:
        async with self._remote() as remote:
            return await remote.profiler.session()

    async def profile(self, session: str) -> TargetProfile:
        async with self._remote() as remote:
            return await remote.profiler.profile(session)

    def _remote(self) -> aclosing[JobsTarget]:
        return aclosing(JobsTarget(RayApi(self.target.address, token=self.target.token)))


async def test_a_lost_cluster_is_replaced_and_its_runs_are_told_truthfully(
    hardy: EmbeddedTarget, tmp_path: Path
) -> None:
    home = hardy._home
    asked = {"hardy": _Asked(hardy)}
    before = await Profiles(asked, directory=tmp_path).current("hardy", PATIENCE)
    assert (await run(hardy, "done", "print('all of it')\n"))[1].verdict is Verdict.PASSED
    await hardy.submit(Job("endless", ENDLESS))
    events = hardy.follow("endless")
    async with asyncio.timeout(PATIENCE):
        async for event in events:
            if isinstance(event, Output):
                break
    lost = cluster_of(home.root)
    home.keep_job(Job("waiting", "print('at last')\n"))
    lost.end()
    rest = [event async for event in events]
    outcome = rest[-1].outcome  # type: ignore[union-attr]  # the last event is Finished
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert "The cluster stopped" in (outcome.detail or "")
    assert outcome.stdout == "on\n"
    assert await hardy.submit(Job("endless", ENDLESS)) is False
    assert (await told(hardy, "endless"))[0] == "on\n"
    text, outcome = await told(hardy, "done")
    assert (text, outcome.verdict) == ("all of it\n", Verdict.PASSED)
    text, outcome = await told(hardy, "waiting")
    assert (text, outcome.verdict) == ("at last\n", Verdict.PASSED)
    assert cluster_of(home.root) != lost
    stored = Profiles(asked, directory=tmp_path)
    assert before is not None
    assert stored.known("hardy") == before, "another bot starts with what is stored"
    after = await stored.current("hardy", PATIENCE)
    assert after is not None
    assert after.session == await asked["hardy"].session() != before.session
    assert replace(after, session="", memory=0) == replace(before, session="", memory=0)


HARMS = {
    "stops": "import subprocess\nprint('now', flush=True)\nsubprocess.run(['ray', 'stop', '--force'])\n",
    "kills": "import os, signal\nprint('now', flush=True)\nos.kill(-1, signal.SIGKILL)\n",
}


async def test_a_run_that_kills_its_cluster_harms_nothing_else(hardy: EmbeddedTarget) -> None:
    neighbour = await asyncio.create_subprocess_exec("sleep", "600")
    try:
        for name, harm in HARMS.items():
            text, outcome = await run(hardy, name, harm)
            assert text.startswith("now\n")
            assert outcome.verdict in {Verdict.UNAVAILABLE, Verdict.FAILED, Verdict.KILLED, Verdict.PASSED}
            assert await hardy.submit(Job(name, harm)) is False
        assert (await run(hardy, "after", "print('well')\n"))[0] == "well\n"
        assert neighbour.returncode is None
    finally:
        neighbour.kill()
        await neighbour.wait()
