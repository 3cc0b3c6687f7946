"""An ordinary Ray cluster on this machine, in a directory of its own, for what validation is compared with."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.bench.programs import BenchFailed
from services.domain.errors import RaygenError
from services.execution.api import RayApi
from services.execution.ports import Ports, free_block
from services.validation.readings import tree

_START_LIMIT = 120.0
_END_LIMIT = 20.0
_NOTHING: Mapping[str, str] = {}
# Ends the cluster also when this process dies without a word: its end of the pipe closes then.
_WARD = '"$@" & cluster=$!; read -r _; kill "$cluster"; wait "$cluster"'


@dataclass(frozen=True, slots=True)
class Ordinary:
    """A running cluster: `root` is its directory, `environment` what a process needs to be its client."""

    root: Path
    ports: Ports
    environment: dict[str, str] = field(repr=False)

    @property
    def jobs(self) -> str:
        return f"http://127.0.0.1:{self.ports.dashboard}"

    @property
    def agent(self) -> str:
        return f"http://127.0.0.1:{self.ports.agent}"

    @property
    def token(self) -> str:
        return self.environment["RAY_AUTH_TOKEN"]


@asynccontextmanager
async def ordinary_cluster(variables: Mapping[str, str] = _NOTHING) -> AsyncGenerator[Ordinary]:
    """A head node as `ray start` makes it, on loopback; all of it is gone when this is left.

    Its programs have the environment `variables` too. Raises BenchFailed when it does not come up.
    """
    # Ray's sockets are below it, and their paths must be short.
    with tempfile.TemporaryDirectory(prefix="rb-", ignore_cleanup_errors=True) as root:
        ports = free_block()
        cluster = Ordinary(Path(root), ports, {**_environment(Path(root), ports), **variables})
        with (Path(root) / "start.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *("/bin/sh", "-c", _WARD, "sh", *_start(cluster)),
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=cluster.environment,
                cwd=root,
                start_new_session=True,
            )
        try:
            await _up(cluster, process)
            yield cluster
        finally:
            await _end(process)


def _start(cluster: Ordinary) -> list[str]:
    return [
        *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"),
        *(f"--temp-dir={cluster.root}/r", "--node-ip-address=127.0.0.1", "--dashboard-host=127.0.0.1"),
        *cluster.ports.flags(),
        *("--include-dashboard=true", "--disable-usage-stats", "--log-style=record", "--log-color=false"),
    ]


def _environment(root: Path, ports: Ports) -> dict[str, str]:
    return {
        **ports.environment(),
        "HOME": str(root),
        "LANG": "C.UTF-8",
        "PATH": os.environ.get("PATH", os.defpath),
        "RAY_ADDRESS": f"127.0.0.1:{ports.base}",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # Ray's only switch for binding everything to loopback
        "RAY_USAGE_STATS_ENABLED": "0",
    }


async def _up(cluster: Ordinary, process: asyncio.subprocess.Process) -> None:
    """Wait until jobs can be submitted, and its job agent has made its own connection."""
    limit = time.monotonic() + _START_LIMIT
    async with (
        aclosing(RayApi(cluster.jobs, token=cluster.token)) as api,
        aclosing(RayApi(cluster.agent, token=cluster.token)) as agent,
    ):
        while not (await _answers(api) and await agent.warm()):
            if process.returncode is not None or time.monotonic() > limit:
                raise BenchFailed(f"The ordinary cluster did not start. {_last_words(cluster.root)}".rstrip())
            await asyncio.sleep(0.1)


async def _answers(api: RayApi) -> bool:
    try:
        await api.jobs()
    except RaygenError:
        return False
    return True


def _last_words(root: Path) -> str:
    lines = (root / "start.log").read_text(encoding="utf-8", errors="replace").split("\n")
    return " ".join(line.strip() for line in lines[-5:])[-500:]


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill exactly what was started; a process that a PID was given to meanwhile is none of it."""
    handles: list[int] = []
    for pid in await asyncio.to_thread(tree, process.pid):
        with contextlib.suppress(ProcessLookupError):
            handles.append(os.pidfd_open(pid))
    try:
        for handle in handles:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        async with asyncio.timeout(_END_LIMIT):
            await process.communicate()
    finally:
        for handle in handles:
            os.close(handle)
