"""Whatever way the bot dies, nothing of its sealed clusters stays: no process, mount, file or socket."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from services.validation import readings

_MOUNTS = Path("/proc/self/mountinfo")


async def owner(temp: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.validation.owner"),
        env={**os.environ, "TMPDIR": str(temp), "HOME": str(temp)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def gone(pids: list[int]) -> None:
    async with asyncio.timeout(10):
        while any(_lives(pid) for pid in pids):
            await asyncio.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def sockets() -> set[str]:
    """Unix sockets with a name, and what listens on the host's own loopback."""
    named = {line.split()[-1] for line in Path("/proc/net/unix").read_text().splitlines() if "/" in line}
    tcp = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return named | {line.split()[1] for line in tcp if line.split()[3] == "0A"}


@pytest.mark.parametrize("moment", [0.4, 0.9, 1.6, None], ids=["early", "starting", "later", "running"])
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM])
async def test_nothing_stays(tmp_path: Path, moment: float | None, blow: signal.Signals) -> None:
    mounts, before = _MOUNTS.read_text(), sockets()
    process = await owner(tmp_path)
    assert process.stdout is not None
    if moment is None:
        async with asyncio.timeout(60):
            assert (await process.stdout.readline()).startswith(b"leased")
    else:
        await asyncio.sleep(moment)
    members = readings.tree(process.pid)
    process.send_signal(blow)
    await asyncio.wait_for(process.wait(), 20)
    await gone(members)
    assert _MOUNTS.read_text() == mounts
    assert sockets() <= before
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    if moment is None:
        assert len(members) > 10, "there was something that could have stayed"
