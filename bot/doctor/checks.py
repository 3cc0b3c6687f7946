"""All checks, in the order in which a newcomer would fix what they find."""

from __future__ import annotations

import platform
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path

import ray

from bot.doctor import data, models, packages, sandboxes, secrets, slack, storage, targets
from bot.doctor.finding import Finding
from bot.settings.loading import Examined
from bot.settings.settings import FIELDS


async def run(examined: Examined) -> list[Finding]:
    """All findings. Without valid settings nothing else is checked, since it would be checked with other values."""
    first = [_python(), *_settings(examined)]
    if examined.faults:
        return first
    settings = examined.settings
    # A runtime on AgentCore has models and validation of its own.
    remote = settings.supervisor == "agentcore"
    return [
        *first,
        await slack.check(settings),
        await models.agentcore(settings) if remote else models.model(settings),
        await storage.check(settings),
        *([] if remote else [await sandboxes.validation(settings)]),
        *([] if remote else [await packages.check(settings)]),
        *await sandboxes.snippets(settings),
        *await data.check(settings),
        *await secrets.check(settings),
        *await targets.check(settings),
    ]


def _python() -> Finding:
    found = f"Python {platform.python_version()}, ray {version('ray')}, slack-bolt {version('slack-bolt')}"
    compiled = Path(cache_from_source(ray.__file__)).exists()
    folder = Path(ray.__file__).parents[1]
    advice = (
        "" if compiled else f"Ray starts slowly without bytecode: run `python -m compileall -q {folder}`."
    )
    return Finding("python", ok=True, found=found, advice=advice)


def _settings(examined: Examined) -> list[Finding]:
    if examined.faults:
        wrong = [Finding("settings", ok=False, found=sentence) for sentence in examined.faults]
        unchecked = "The other parts are checked once the settings are valid."
        return [*wrong[:-1], Finding("settings", ok=False, found=wrong[-1].found, advice=unchecked)]
    found = f"{len(examined.sources.given)} of {len(FIELDS)} are set; `raygen settings` lists them"
    return [Finding("settings", ok=True, found=found, advice=" ".join(examined.warnings))]
