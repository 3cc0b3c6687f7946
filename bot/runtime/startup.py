"""Starts the bot: its targets first, since a local cluster takes longest, and the rest of it meanwhile."""

from __future__ import annotations

import asyncio
from types import ModuleType

from bot.runtime.imports import collected_later
from bot.runtime.signals import on_signals
from bot.settings import Settings
from bot.wiring.clusters import opened_targets


async def run(settings: Settings) -> None:
    """Work for Slack until a signal asks for the end. Raises SettingsError when Slack refuses the tokens."""
    settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    ended = on_signals()
    async with opened_targets(settings) as targets:
        app = await asyncio.to_thread(_app)
        await app.run(settings, targets, ended)


def _app() -> ModuleType:
    with collected_later():
        from bot.runtime import app  # noqa: PLC0415  # slow, and the cluster starts meanwhile
    return app
