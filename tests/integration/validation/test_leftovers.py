"""Whatever way the bot dies, nothing of its sealed clusters stays: no process, mount, file or socket."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from services.validation import readings
from services.validation.sandbox import ClusterSettings, Sandbox
from tests.waiting import PATIENCE

_MOUNTS = Path("/proc/self/mountinfo")


async def owner(temp: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.validation.owner"),
        env={**os.environ, "TMPDIR": str(temp), "HOME": str(temp)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def gone(pids: list[int]) -> None:
    async with asyncio.timeout(PATIENCE):
        while any(_lives(pid) for pid in pids):
            await asyncio.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def sockets_of(pids: list[int]) -> set[str]:
    """The inodes of what these processes have connected or listen on."""
    held = (link for pid in pids for link in _links(Path(f"/proc/{pid}/fd")))
    return {link[len("socket:[") : -1] for link in held if link.startswith("socket:[")}


def _links(folder: Path) -> list[str]:
    with suppress(OSError):
        return [str(path.readlink()) for path in folder.iterdir() if path.is_symlink()]
    return []


def open_sockets() -> set[str]:
    """The inodes of all sockets of the host."""
    unix = [line.split()[6] for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
    tables = (Path(f"/proc/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6"))
    return {*unix, *(line.split()[9] for table in tables for line in table)}


@pytest.mark.parametrize("moment", [0.4, 0.9, 1.6, None], ids=["early", "starting", "later", "running"])
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM])
async def test_nothing_stays(tmp_path: Path, moment: float | None, blow: signal.Signals) -> None:
    mounts = _MOUNTS.read_text()
    process = await owner(tmp_path)
    assert process.stdout is not None
    if moment is None:
        async with asyncio.timeout(PATIENCE):
            assert (await process.stdout.readline()).startswith(b"leased")
    else:
        await asyncio.sleep(moment)
    members = readings.tree(process.pid)
    held = sockets_of([process.pid, *members])
    process.send_signal(blow)
    await asyncio.wait_for(process.wait(), PATIENCE)
    await gone(members)
    assert _MOUNTS.read_text() == mounts
    assert not held & open_sockets()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    if moment is None:
        assert len(members) > 10, "there was something that could have stayed"
        assert held


@pytest.mark.parametrize("delay", [0.0, 0.002, 0.01, 0.3])
async def test_a_start_that_is_cancelled_ends_at_once_and_leaves_nothing(delay: float) -> None:
    before = readings.tree(os.getpid())
    starting = asyncio.create_task(Sandbox.start(ClusterSettings()))
    await asyncio.sleep(delay)
    members = [pid for pid in readings.tree(os.getpid()) if pid not in before]
    starting.cancel()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(starting, return_exceptions=True)
    assert starting.cancelled()
    await gone(members)
    assert set(readings.tree(os.getpid())) <= set(before)
