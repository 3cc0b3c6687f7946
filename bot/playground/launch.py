"""The playground: the stand-ins in this process, and the unmodified bot as a child that may die and come back."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.playground.slack.workspace import APP_TOKEN, BOT_TOKEN
from bot.runtime.imports import collected_later

if TYPE_CHECKING:
    from bot.playground.anthropic import ModelStandIn
    from bot.playground.slack.server import SlackStandIn

_HOST = "127.0.0.1"
_RESTART_PAUSE = 1.0
_STOP_GRACE = 20.0
_CONNECTION_WAIT = 60.0
_STAND_IN_KEY = "sk-ant-playground"
_STARTING = {
    "bot": "The bot is starting.",
    "target": "The Ray cluster starts with the bot.",
    "validation": "Sealed clusters start with the bot.",
}


async def run(state_dir: Path, *, port: int, browser: bool, manifest: Callable[[], Mapping[str, Any]]) -> int:
    """Serve until a signal asks for the end; the exit status of the command. Keeps all state in `state_dir`.

    The workspace has the app as its `manifest` installs it: no scope, event or menu that is not in there.
    The bot starts first, since it takes longest; what it and the browser ask for meanwhile waits in the sockets.
    """
    _make_private(state_dir)
    ended = _on_signals()
    real = bool(os.environ.get("ANTHROPIC_API_KEY"))
    async with AsyncExitStack() as stack:
        try:
            page = stack.enter_context(socket.create_server((_HOST, port)))
        except OSError:
            print(f"Port {port} is in use; choose another with --port.", file=sys.stderr)  # noqa: T201  # the command's answer
            return 1
        model = None if real else stack.enter_context(socket.create_server((_HOST, 0)))
        health_port = _free_port()
        model_url = _address(model) if model else None
        environment = _bot_environment(state_dir, _address(page), health_port, model_url)
        bot = asyncio.create_task(_keep_running(environment, state_dir / "bot.log", ended))
        stack.push_async_callback(_finish, bot, ended)
        _greet(_address(page), _model_label(real=real))
        if browser:
            await asyncio.to_thread(webbrowser.open, _address(page))
        slack, answers = await asyncio.to_thread(_stand_ins, state_dir, health_port, manifest, real=real)
        await stack.enter_async_context(slack.serve(bound=page))
        if model:
            await stack.enter_async_context(answers.serve(bound=model))
        await bot
    return 0


def _stand_ins(
    state_dir: Path, health_port: int, manifest: Callable[[], Mapping[str, Any]], *, real: bool
) -> tuple[SlackStandIn, ModelStandIn]:
    """Slack and the model service; slow for the first time, because of what they import."""
    with collected_later():
        from bot.playground.anthropic import ModelStandIn  # noqa: PLC0415  # the bot starts before
        from bot.playground.slack.installed import Installed  # noqa: PLC0415
        from bot.playground.slack.rules import Rules  # noqa: PLC0415
        from bot.playground.slack.server import SlackStandIn  # noqa: PLC0415

        slack = SlackStandIn(
            state_path=state_dir / "slack.db",
            rules=Rules(installed=Installed.by(dict(manifest())), connection_wait=_CONNECTION_WAIT),
            readiness=lambda: _missing(health_port),
            about=lambda: {"model": _model_label(real=real)},
        )
        return slack, ModelStandIn()


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


async def _finish(bot: asyncio.Task[None], ended: asyncio.Event) -> None:
    ended.set()
    await bot


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
    state_dir: Path, slack_url: str, health_port: int, model_url: str | None
) -> dict[str, str]:
    environment = {
        **os.environ,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": f"{slack_url}/api/",
        "RAYGEN_STATE_DIR": str(state_dir),
        "RAYGEN_HEALTH_PORT": str(health_port),
    }
    if model_url is not None:
        environment |= {"ANTHROPIC_API_KEY": _STAND_IN_KEY, "ANTHROPIC_BASE_URL": model_url}
        environment |= dict.fromkeys(("RAYGEN_MODEL", "RAYGEN_GENERATOR_MODEL"), "cookbook")
    return environment


async def _missing(health_port: int) -> Mapping[str, str]:
    """What the bot still lacks, by part; empty when it is ready."""
    import aiohttp  # noqa: PLC0415  # the bot starts before

    try:
        timeout = aiohttp.ClientTimeout(total=5)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"http://{_HOST}:{health_port}/readyz") as answer,
        ):
            missing: dict[str, str] = (await answer.json())["missing"]
            return missing
    except (aiohttp.ClientError, TimeoutError):
        return _STARTING


def _model_label(*, real: bool) -> str:
    if real:
        return "Answers come from Claude, by your ANTHROPIC_API_KEY."
    return "Answers come from the built-in cookbook; set ANTHROPIC_API_KEY to use Claude."


def _greet(url: str, model: str) -> None:
    _tell(f"\n  raygen playground   {url}\n  {model}\n  Ctrl+C ends it; what happened is kept.\n")


def _address(bound: socket.socket) -> str:
    return f"http://{_HOST}:{bound.getsockname()[1]}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
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
