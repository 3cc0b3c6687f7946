"""Whether the target clusters respond."""

from __future__ import annotations

from contextlib import aclosing

from bot.doctor.finding import Finding
from bot.settings import Settings, values
from bot.wiring.clusters import configured, remote_target
from bot.wiring.target_file import TargetFile
from services.domain.errors import RaygenError
from services.execution.outgoing import Outgoing, obstacle


async def check(settings: Settings) -> list[Finding]:
    try:
        targets = configured(settings)
    except RaygenError as error:
        return [Finding("targets", ok=False, found="the targets can't be read", advice=error.public)]
    return [
        _local(name, settings.target_network) if target.url is None else await _remote(name, target)
        for name, target in targets.items()
    ]


def _local(name: str, network: Outgoing) -> Finding:
    found = f"local Ray cluster, started with the bot; network: {network}"
    missing = obstacle()
    if network is Outgoing.NONE:
        advice = f"To give programs internet access: {missing}" if missing else ""
        return Finding(f"target {name}", ok=True, found=found, advice=advice)
    advice = f"RAYGEN_TARGET_NETWORK is `internet`, but {missing}" if missing else ""
    return Finding(f"target {name}", ok=not missing, found=found, advice=advice)


async def _remote(name: str, target: TargetFile) -> Finding:
    part, address = f"target {name}", values.shown(target.url or "")
    try:
        async with aclosing(remote_target(name, target)) as remote:
            state = await remote.state()
    except RaygenError as error:
        return Finding(part, ok=False, found=f"{address} can't be called", advice=error.public)
    if not state.up:
        return Finding(part, ok=False, found=f"{address} doesn't respond", advice=state.problem)
    return Finding(part, ok=True, found=f"{address} responds, with Ray {state.version}")
