"""The launcher: after Ray's own line in the log, and only once."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from pathlib import Path

import pytest

from services.execution import launch
from tests.waiting import PATIENCE

RAYS_LINE = "Running entrypoint for job run-1: exec python launch.py\n"


async def started(
    log: Path, claim: str, code: str = "print('program')\n", *, limit: float = 60, group: bool = False
) -> asyncio.subprocess.Process:
    program = log.with_name("program.py")
    program.write_text(code)
    with log.open("ab") as file:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, launch.__file__, "run-1", claim, str(limit), str(program)),
            stdout=file,
            start_new_session=group,
        )


def keepers(log: Path) -> int:
    """How many processes there are that were started as the launcher of this program."""
    found = 0
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            line = (process / "cmdline").read_bytes() if process.name.isdigit() else b""
            found += launch.__file__.encode() in line and bytes(log.with_name("program.py")) in line
    return found


async def test_nothing_is_printed_above_the_line_that_ray_writes_late(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = await started(log, str(tmp_path / "claim"))
    async with asyncio.timeout(PATIENCE):
        while not (tmp_path / "claim").exists():  # another process makes it
            await asyncio.sleep(0.01)
        assert log.read_text() == ""
        with log.open("a") as file:
            file.write(RAYS_LINE)
        assert await process.wait() == 0
    assert log.read_text() == RAYS_LINE + "program\n"


async def test_a_second_start_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(RAYS_LINE)
    async with asyncio.timeout(PATIENCE):
        assert await (await started(log, str(tmp_path / "claim"))).wait() == 0
        assert await (await started(log, str(tmp_path / "claim"))).wait() == launch.ALREADY
        assert await (await started(log, "-")).wait() == 0
    assert log.read_text().count("program\n") == 2


BEGINS_LATE = """
import os, subprocess, time
print(subprocess.Popen(["sleep", "8"]).pid, flush=True)
time.sleep(0.7)
os.close(int(os.environ["RAYGEN_STARTED_FD"]))
print("began", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("group", ["a group", ""])
async def test_a_limit_is_kept_by_itself_and_counts_from_the_programs_start(
    tmp_path: Path, group: str
) -> None:
    log = tmp_path / "log"
    log.write_text(RAYS_LINE)
    began = time.monotonic()
    async with asyncio.timeout(PATIENCE):
        process = await started(log, "-", BEGINS_LATE, limit=1.2 - launch.GRACE, group=bool(group))
        assert await process.wait() == -signal.SIGKILL
        assert time.monotonic() - began > 1.85
        assert log.read_text().endswith("began\n")
        while keepers(log):
            await asyncio.sleep(0.01)
        child = Path("/proc") / log.read_text().split()[-2]
        if group:  # its children go with it where they are a group of their own
            while child.exists() and "\nState:\tZ" not in (child / "status").read_text():
                await asyncio.sleep(0.01)
        else:
            assert child.exists()


async def test_nothing_is_left_of_a_keeper_whose_program_has_ended(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(RAYS_LINE)
    async with asyncio.timeout(PATIENCE):
        assert await (await started(log, "-")).wait() == 0
        while keepers(log):
            await asyncio.sleep(0.01)
