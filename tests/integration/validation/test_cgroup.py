"""A sandbox in a control group of its own: entered before anything runs, ended as a whole, and nothing left of it."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest

from services.domain.values import Verdict
from services.validation import cgroup
from services.validation.cgroup import ControlGroup, Delegated
from services.validation.interface import ValidationLimits
from services.validation.sandbox import ClusterSettings, Sandbox
from services.validation.verdict import conclude
from tests.waiting import PATIENCE


@pytest.fixture
def groups() -> Generator[Delegated]:
    """A place among the machine's real groups, where the tests may make some."""
    for mount in (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified")):
        place = mount / "raygen-tests"
        try:
            place.mkdir()
        except OSError:
            continue
        if (place / "cgroup.procs").exists():
            yield Delegated(place)
            place.rmdir()
            return
        place.rmdir()
    pytest.skip("no control groups of version 2 that the tests may make")


async def test_everything_of_a_sandbox_is_in_its_group_and_goes_with_it(groups: Delegated) -> None:
    sandbox = await Sandbox.start(ClusterSettings(), groups=groups)
    (group,) = groups.path.glob("raygen-sealed-*")
    assert {int(pid) for pid in (group / "cgroup.procs").read_text().split()} == set(sandbox.pids)
    record = await sandbox.run(
        "print(open('/proc/self/cgroup').read().splitlines()[-1])", ValidationLimits(wall=20)
    )
    assert record.stdout == b"0::/\n", "from inside, the group is all there is"
    await sandbox.close()
    assert not group.exists()


async def test_a_group_ends_what_bubblewrap_would_leave(groups: Delegated) -> None:
    group = groups.make()
    process = await asyncio.create_subprocess_exec(*group.entering(["sleep", "60"]))
    async with asyncio.timeout(PATIENCE):
        while not (group.path / "cgroup.procs").read_text():
            await asyncio.sleep(0.01)
        await asyncio.to_thread(group.destroy)
        assert await process.wait() == -9
    assert not group.path.exists()


async def test_groups_of_a_killed_bot_are_swept_and_living_ones_are_not(groups: Delegated) -> None:
    empty, lived_in = groups.make(), groups.make()
    process = await asyncio.create_subprocess_exec(*lived_in.entering(["sleep", "60"]))
    async with asyncio.timeout(PATIENCE):
        while not (lived_in.path / "cgroup.procs").read_text():
            await asyncio.sleep(0.01)
    groups.sweep()
    assert not empty.path.exists()
    assert lived_in.path.exists()
    lived_in.destroy()
    await process.wait()


def test_limits_are_written_and_the_kernels_verdict_is_read(tmp_path: Path) -> None:
    for name in ("memory.max", "memory.oom.group", "pids.max"):
        (tmp_path / name).touch()
    group = ControlGroup(tmp_path)
    group.limit(memory=1024**3, threads=100)
    assert (tmp_path / "memory.max").read_text() == "1073741824"
    assert (tmp_path / "memory.oom.group").read_text() == "1"
    assert (tmp_path / "pids.max").read_text() == "100"
    assert not group.out_of_memory
    (tmp_path / "memory.events").write_text("low 0\nhigh 0\nmax 7\noom 1\noom_kill 0\n")
    assert not group.out_of_memory
    (tmp_path / "memory.events").write_text("low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\n")
    assert group.out_of_memory


async def test_what_the_kernel_ends_for_want_of_memory_is_reported_as_that(
    groups: Delegated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ControlGroup, "out_of_memory", property(lambda _: True))
    sandbox = await Sandbox.start(ClusterSettings(), groups=groups)
    limits = ValidationLimits(wall=20)
    running = asyncio.create_task(sandbox.run("import time\ntime.sleep(15)", limits))
    await asyncio.sleep(0.3)
    (group,) = groups.path.glob("raygen-sealed-*")
    (group / "cgroup.kill").write_text("1")  # as the kernel's own end of a group
    assert conclude(await running, limits).verdict is Verdict.OUT_OF_MEMORY
    await sandbox.close()


def test_a_group_that_is_not_ours_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("cgroup.procs", "cgroup.subtree_control", "cgroup.events"):
        (tmp_path / name).touch()
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids\n")
    monkeypatch.setattr(cgroup, "_own", lambda: tmp_path)
    monkeypatch.setattr("os.getuid", lambda: 0)
    assert cgroup.delegated() is None, "root was not given it"
    monkeypatch.setattr("os.getuid", lambda: 1000)
    assert cgroup.delegated() == Delegated(tmp_path)
    assert (tmp_path / "cgroup.subtree_control").read_text() == "+memory +pids"
    (tmp_path / "cgroup.controllers").write_text("cpu\n")
    (tmp_path / "cgroup.subtree_control").write_text("")
    assert cgroup.delegated() is None, "without the controllers it is of no use"
