"""The launcher: after Ray's own line in the log, and only once."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from services.execution import launch

RAYS_LINE = "Running entrypoint for job run-1: exec python launch.py\n"


async def started(log: Path, claim: str) -> asyncio.subprocess.Process:
    program = log.with_name("program.py")
    program.write_text("print('program')\n")
    with log.open("ab") as file:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, launch.__file__, "run-1", claim, str(program)), stdout=file
        )


async def test_nothing_is_printed_above_the_line_that_ray_writes_late(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = await started(log, str(tmp_path / "claim"))
    async with asyncio.timeout(10):
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
    async with asyncio.timeout(20):
        assert await (await started(log, str(tmp_path / "claim"))).wait() == 0
        assert await (await started(log, str(tmp_path / "claim"))).wait() == launch.ALREADY
        assert await (await started(log, "-")).wait() == 0
    assert log.read_text().count("program\n") == 2
