"""One replica as a process of its own: `python -m tests.integration.replica URL NAME FOLDER`.

Its target is shared with the other replicas: the files in FOLDER are its jobs, and it refuses one that it has.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from services.domain.values import Outcome, Verdict
from services.execution.interface import Event, Finished, Job
from services.workflows import RunLimits
from services.workflows.background import Watch, present, watching
from tests.fakes import FakeTarget
from tests.integration.lives import process

AFTER = 1.5


@dataclass
class Shared(FakeTarget):
    folder: Path = Path()
    replica: str = ""

    async def submit(self, job: Job) -> bool:
        try:
            (self.folder / job.submission_id).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    async def follow(self, submission_id: str) -> AsyncGenerator[Event]:
        with (self.folder / "followed").open("a") as file:
            file.write(f"{self.replica} {submission_id}\n")
        # Not before both are there, or the first one would do it all.
        while not all((self.folder / f"ready-{name}").exists() for name in "ab"):
            await asyncio.sleep(0.05)
        # They end one by one, so that either replica finds room for the next.
        await asyncio.sleep(0.5 + int(submission_id.rpartition("-")[2]) % 4)
        yield Finished(Outcome(verdict=Verdict.PASSED, stdout=f"{self.replica}\n"))


async def main(url: str, name: str, folder: Path) -> None:
    target = Shared(folder=folder, replica=name)
    limits = RunLimits(per_target=4)
    async with process(folder, [], target, limits, url=url, executor=name) as world:
        watch = Watch(world.store.replicas, name, world.flows.take_over, after=AFTER)
        async with present(world.store.replicas, name), watching(watch):
            (folder / f"ready-{name}").touch()
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
