from __future__ import annotations

import asyncio

from bot.doctor.finding import Finding
from bot.settings import Settings
from bot.wiring.environments import environments
from services.domain.errors import RaygenError

_PART = "packages"
_LIMIT = 30.0


async def check(settings: Settings) -> Finding:
    """Whether programs can get packages: uv and bubblewrap are there, and each index answers."""
    try:
        found = environments(settings)
        if found is None:
            return Finding(
                _PART, ok=True, found="programs can use only what is installed (RAYGEN_PACKAGES=off)"
            )
        ready = found.readiness()
        if not ready.ready:
            return Finding(_PART, ok=False, found="packages can't be installed", advice=ready.missing)
    except RaygenError as error:
        return Finding(_PART, ok=False, found="packages can't be installed", advice=error.public)
    try:
        async with asyncio.timeout(_LIMIT):
            down = await found.answers()
    except TimeoutError:
        down = {"that is configured": "it doesn't answer in time"}
    if down:
        name, why = next(iter(down.items()))
        advice = f"The package index {name} can't be used: {why}. Correct RAYGEN_PACKAGE_INDEX, or set RAYGEN_PACKAGES=off."
        return Finding(
            _PART, ok=True, found="programs with packages are refused at the moment", advice=advice
        )
    names = ", ".join(index.name for index in found.indexes)
    return Finding(_PART, ok=True, found=f"installed by uv from {names}")
