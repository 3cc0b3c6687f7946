"""A playground of its own for a benchmark: people ask in it, and what it answers and holds is read."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from bot.bench.programs import BenchFailed

CHANNEL = "CRAY"
_START_LIMIT = 240.0
_END_LIMIT = 30.0

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: whether Slack says that it was taken, and after how many seconds."""

    number: int
    taken: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Workspace:
    """A running playground, as people use it."""

    url: str
    bot: psutil.Process
    http: aiohttp.ClientSession

    async def ask(self, number: int) -> Asked:
        """`/raygen` with a small sum, by one of the workspace's people."""
        reply = await self.post(
            "command",
            user="UENGINEER",
            channel=CHANNEL,
            command="/raygen",
            text=f"what's 1000 + {number}?",
        )
        # Slack gives an app three seconds.
        return Asked(number, bool(reply["ok"]), reply["ack_ms"] / 1000 if reply["ok"] else 3.0)

    async def program_form(self, code: str, user: str) -> str:
        """The form in which a person may have a program checked that they posted; Slack's ID of it, or empty."""
        posted = await self.post("message", user=user, channel=CHANNEL, text=f"```\n{code}\n```")
        await self.post("shortcut", callback_id="run_message", user=user, channel=CHANNEL, ts=posted["ts"])
        views: list[Json] = (await self.get(f"views/{user}"))["views"]
        return str(views[-1]["id"]) if views else ""

    async def submit(self, view: str, user: str) -> None:
        """The person sends that form."""
        await self.post("submit", user=user, view_id=view)

    async def answers(self) -> dict[int, list[str]]:
        """What each question of this kind was answered, by its number; a message's blocks as text."""
        found: dict[int, list[str]] = {}
        for root in (await self.get(f"channel/{CHANNEL}"))["messages"]:
            _, mark, rest = root["text"].partition("1000 + ")
            number = rest.partition("?")[0]
            if mark and number.isdigit():
                replies = [json.dumps(reply, ensure_ascii=False) for reply in root["replies"]]
                found.setdefault(int(number), []).extend(replies)
        return found

    def memory(self) -> int:
        """Bytes that the bot's process has for itself."""
        return int(self.bot.memory_full_info().uss)

    async def post(self, path: str, **body: object) -> Json:
        async with self.http.post(f"{self.url}/play/{path}", json=body) as answer:
            return await answer.json()

    async def get(self, path: str) -> Json:
        async with self.http.get(f"{self.url}/play/{path}") as answer:
            return await answer.json()


@asynccontextmanager
async def workspace() -> AsyncGenerator[Workspace]:
    """A playground with the cookbook for a model; all of it is gone when this is left. Raises BenchFailed."""
    with tempfile.TemporaryDirectory(prefix="raygen-bench-", ignore_cleanup_errors=True) as folder:
        log = Path(folder) / "log"
        port = _free_port()
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "playground", "--no-browser", "--port", str(port)),
                env=_environment(folder),
                stdout=output,
                stderr=output,
            )
        try:
            url = f"http://127.0.0.1:{port}"
            # An acknowledgement must not wait for a connection.
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
                await _ready(url, http, process, log)
                yield Workspace(url, _only_child(process.pid), http)
        finally:
            await _end(process)


def _environment(folder: str) -> dict[str, str]:
    foreign = ("RAY", "SLACK_", "ANTHROPIC_")
    ordinary = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**ordinary, "RAYGEN_STATE_DIR": folder, "RAYGEN_TARGET_CPUS": "2"}


async def _ready(
    url: str, http: aiohttp.ClientSession, process: asyncio.subprocess.Process, log: Path
) -> None:
    limit = time.monotonic() + _START_LIMIT
    while time.monotonic() < limit and process.returncode is None:
        with suppress(aiohttp.ClientError):
            async with http.get(f"{url}/play/ready") as answer:
                if answer.status == 200:
                    return
        await asyncio.sleep(0.2)
    said = (await asyncio.to_thread(log.read_text, errors="replace")).strip()[-500:]
    raise BenchFailed(f"The playground did not start. It printed: {said}")


def _only_child(pid: int) -> psutil.Process:
    return psutil.Process(pid).children()[0]


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _END_LIMIT)
    except TimeoutError:
        process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
