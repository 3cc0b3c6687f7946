"""A bot in small: holds an embedded target, hands it a job, tells when it runs, and waits to be killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from services.execution.cluster_supervisor import SupervisorTimeouts
from services.execution.embedded import EmbeddedTarget
from services.execution.interface import Job, Output
from services.execution.outgoing import default


async def main(root: str, orphan_limit: str, submission_id: str, code: str) -> None:
    timeouts = SupervisorTimeouts(orphan_limit=float(orphan_limit), lease_every=0.3, health_every=0.5)
    async with EmbeddedTarget(Path(root), outgoing=default(), timeouts=timeouts) as target:
        await target.submit(Job(submission_id, code))
        async for event in target.follow(submission_id):
            if isinstance(event, Output):
                print(event.text, end="", flush=True)  # noqa: T201  # what the test waits for
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
