"""A bot's validation in a process of its own, to be killed: it says `leased` once a program runs that never ends."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from services.domain.values import InputFile
from services.validation import readings
from services.validation.pool import PoolSettings, open_validator

_ENDLESS = """
import os, subprocess, sys, time
import ray

@ray.remote
def forever():
    time.sleep(1000)

forever.remote()
subprocess.Popen(["sleep", "1000"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
while True:
    time.sleep(0.01)
"""


def _sleeps(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"sleep\0")
    except OSError:
        return False


async def main() -> None:
    inputs = [InputFile("data.csv", bytes(1_000_000))]
    async with (
        open_validator(PoolSettings(size=2)) as validator,
        validator.lease(inputs=inputs) as lease,
    ):
        running = asyncio.create_task(lease.validate(_ENDLESS))
        while not any(map(_sleeps, readings.tree(os.getpid()))):
            await asyncio.sleep(0.05)
        print("leased", flush=True)  # noqa: T201  # what the test waits for
        await running


if __name__ == "__main__":
    asyncio.run(main())
