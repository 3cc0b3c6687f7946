"""A Ray cluster of several nodes on this machine, each of which can be lost as when its machine is."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.bench.ordinary import _WARD, Ordinary, _end, _environment, _start, _up
from services.execution.api import RayApi
from services.execution.following import PollIntervals
from services.execution.jobs import JobsTarget
from services.execution.ports import free_block
from tests.integration.execution import joined
from tests.waiting import PATIENCE

# Ray gives a lost node 15 s by default.
_SOON = {"RAY_health_check_period_ms": "500", "RAY_health_check_failure_threshold": "3"}


@dataclass
class Farm:
    """`nodes` are the processes that hold the nodes beside the head, each with one `farm` to lend."""

    cluster: Ordinary
    target: JobsTarget
    head: asyncio.subprocess.Process
    nodes: list[asyncio.subprocess.Process] = field(default_factory=list)

    @property
    def api(self) -> RayApi:
        return self.target._api

    async def lose_node(self) -> None:
        await _end(self.nodes.pop())

    async def lose_head(self) -> None:
        await _end(self.head)


@asynccontextmanager
async def farm(nodes: int) -> AsyncGenerator[Farm]:
    with tempfile.TemporaryDirectory(prefix="rn-", ignore_cleanup_errors=True) as folder:
        root, ports = Path(folder), free_block()
        cluster = Ordinary(root, ports, {**_environment(root, ports), **_SOON})
        head = await _spawn(cluster, "start", *_start(cluster), "--num-cpus=1", "--num-gpus=2")
        api = RayApi(cluster.jobs, token=cluster.token)
        target = JobsTarget(
            api, python=sys.executable, intervals=PollIntervals(unreachable_after=6, retry=0.2)
        )
        made = Farm(cluster, target, head)
        try:
            await _up(cluster, head)
            for number in range(nodes):
                # Two at once get in each other's way: they share the session's directory.
                made.nodes.append(await _spawn(cluster, f"node{number}", *_join(cluster)))
                await _joined(made, root / f"node{number}.log")
            yield made
        finally:
            await target.aclose()
            for process in (*made.nodes, head):
                if process.returncode is None:
                    await _end(process)


async def _joined(made: Farm, log: Path) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while sum(node.alive for node in await made.api.nodes()) <= len(made.nodes):
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"A node did not join: {log.read_text()[-2000:]}") from None


def _join(cluster: Ordinary) -> list[str]:
    return [sys.executable, joined.__file__, f"127.0.0.1:{cluster.ports.base}"]


async def _spawn(cluster: Ordinary, name: str, *command: str) -> asyncio.subprocess.Process:
    with (cluster.root / f"{name}.log").open("wb") as log:
        return await asyncio.create_subprocess_exec(
            *("/bin/sh", "-c", _WARD, "sh", *command),
            stdin=asyncio.subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=cluster.environment,
            cwd=cluster.root,
            start_new_session=True,
        )
