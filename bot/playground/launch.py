"""The playground: the stand-ins in this process, and the unmodified bot as a child that may die and come back."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import webbrowser
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp

from bot.playground.anthropic import ModelStandIn
from bot.playground.slack.installed import Installed
from bot.playground.slack.rules import Rules
from bot.playground.slack.server import APP_TOKEN, BOT_TOKEN, SlackStandIn

_RESTART_PAUSE = 1.0
_STOP_GRACE = 20.0
_STAND_IN_KEY = "sk-ant-playground"


async def run(state_dir: Path, *, port: int, browser: bool, manifest: Mapping[str, Any]) -> int:
    """Serve until a signal asks for the end; the exit status of the command. Keeps all state in `state_dir`.

    The workspace has the app as its `manifest` installs it: no scope, event or menu that is not in there.
    """
    _make_private(state_dir)
    ended = _on_signals()
    health_port = _free_port()
    real = bool(os.environ.get("ANTHROPIC_API_KEY"))
    async with AsyncExitStack() as stack:
        slack = SlackStandIn(
            state_path=state_dir / "slack.db",
            rules=Rules(installed=Installed.by(dict(manifest))),
            readiness=lambda: _missing(health_port),
            about=lambda: {"model": _model_label(real=real)},
            page_dir=Path(__file__).parent / "page",
        )
        try:
            await stack.enter_async_context(slack.serve(port=port))
        except OSError:
            print(f"Port {port} is in use; choose another with --port.", file=sys.stderr)  # noqa: T201  # the command's answer
            return 1
        model = await stack.enter_async_context(ModelStandIn().serve()) if not real else None
        environment = _bot_environment(state_dir, slack.api_url, health_port, model)
        _greet(slack.url, _model_label(real=real))
        if browser:
            await asyncio.to_thread(webbrowser.open, slack.url)
        await _keep_running(environment, state_dir / "bot.log", ended)
    return 0


async def _keep_running(environment: Mapping[str, str], log: Path, ended: asyncio.Event) -> None:
    """Start the bot, and start it again whenever it dies, until the end is asked for."""
    while not ended.is_set():
        with log.open("ab") as output:
            bot = await asyncio.create_subprocess_exec(
                *_tied_to_us(),
                sys.executable,
                "-m",
                "bot",
                "start",
                env=environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        waiting = asyncio.create_task(ended.wait())
        died = asyncio.create_task(bot.wait())
        await asyncio.wait({waiting, died}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if not died.done():
            await _end(bot)
        elif not ended.is_set():
            _tell(f"The bot ended with status {bot.returncode}; starting it again. Its log: {log}")
            await asyncio.sleep(_RESTART_PAUSE)


async def _end(bot: asyncio.subprocess.Process) -> None:
    bot.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(bot.wait(), _STOP_GRACE)
    except TimeoutError:
        bot.kill()
        await bot.wait()


def _tied_to_us() -> list[str]:
    """The bot ends with the playground even when that is killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def _bot_environment(
    state_dir: Path, slack_url: str, health_port: int, model: ModelStandIn | None
) -> dict[str, str]:
    environment = {
        **os.environ,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": slack_url,
        "RAYGEN_STATE_DIR": str(state_dir),
        "RAYGEN_HEALTH_PORT": str(health_port),
    }
    if model is not None:
        environment |= {"ANTHROPIC_API_KEY": _STAND_IN_KEY, "ANTHROPIC_BASE_URL": model.url}
        environment |= dict.fromkeys(("RAYGEN_MODEL", "RAYGEN_GENERATOR_MODEL"), "cookbook")
    return environment


async def _missing(health_port: int) -> Mapping[str, str]:
    """What the bot still lacks, by part; empty when it is ready."""
    try:
        timeout = aiohttp.ClientTimeout(total=5)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"http://127.0.0.1:{health_port}/readyz") as answer,
        ):
            missing: dict[str, str] = (await answer.json())["missing"]
            return missing
    except (aiohttp.ClientError, TimeoutError):
        return {"bot": "The bot is starting."}


def _model_label(*, real: bool) -> str:
    if real:
        return "Answers come from Claude, by your ANTHROPIC_API_KEY."
    return "Answers come from the built-in cookbook; set ANTHROPIC_API_KEY to use Claude."


def _greet(url: str, model: str) -> None:
    _tell(f"\n  raygen playground   {url}\n  {model}\n  Ctrl+C ends it; what happened is kept.\n")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _on_signals() -> asyncio.Event:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    return ended


def _make_private(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)


def _tell(text: str) -> None:
    print(text, flush=True)  # noqa: T201  # the command's answer
