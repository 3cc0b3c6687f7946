"""A Slack app as a process of its own, which knows nothing of the stand-in but an address and two tokens."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.playground.slack.installed import Installed
from bot.playground.slack.rules import Rules
from bot.playground.slack.server import SlackStandIn
from tests.waiting import PATIENCE, until

OUTSIDE = Path(__file__).parent / "outside"
ROOT = Path(__file__).parents[3]


def patient(app: Installed) -> Rules:
    """Slack's rules for an app, with time for a process on a machine at its limits."""
    return Rules(installed=app, ack_timeout=PATIENCE, trigger_expiry=PATIENCE)


@dataclass(frozen=True, slots=True)
class Child:
    process: asyncio.subprocess.Process
    log: Path

    def complaints(self) -> list[str]:
        """What it has logged of errors."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if "ERROR" in line or "Traceback" in line or "Failed to" in line]


@asynccontextmanager
async def child(
    command: tuple[str, ...], cwd: Path, log: Path, standin: SlackStandIn, *path: Path, **settings: str
) -> AsyncGenerator[Child]:
    """Started with this Python, connected to the stand-in when given, and ended by its process ID."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(log.parent),
        "PYTHONPATH": os.pathsep.join(map(str, (OUTSIDE, *path))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SLACK_API_URL": standin.api_url,
        "SLACK_BOT_TOKEN": standin.bot_token,
        "SLACK_APP_TOKEN": standin.app_token,
        **settings,
    }
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, cwd=cwd, env=environment, stdout=out, stderr=asyncio.subprocess.STDOUT
        )
        try:
            connections = standin.socket.connections
            await until(lambda: connections.usable or process.returncode is not None)
            assert process.returncode is None, log.read_text(encoding="utf-8", errors="replace")
            yield Child(process, log)
        finally:
            if process.returncode is None:
                process.kill()
            await asyncio.wait_for(process.wait(), PATIENCE)
