"""Whether the target clusters respond."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

from bot.doctor.finding import Finding
from bot.settings import Settings, values
from bot.wiring.clusters import configured, remote_target, validation_cluster
from bot.wiring.target_file import ClusterFile, TargetFile
from services.domain.errors import RaygenError
from services.execution.jobs import JobsTarget
from services.execution.outgoing import Outgoing, obstacle


async def check(settings: Settings) -> list[Finding]:
    try:
        targets = configured(settings)
    except RaygenError as error:
        return [Finding("targets", ok=False, found="the targets can't be read", advice=error.public)]
    findings: list[Finding] = []
    for name, target in targets.items():
        local = target.url is None
        findings.append(_local(name, settings.target_network) if local else await _remote(name, target))
        findings += await _validation(settings, name, target)
    return findings


def _local(name: str, network: Outgoing) -> Finding:
    found = f"local Ray cluster, started with the bot; network: {network}"
    missing = obstacle()
    if network is Outgoing.NONE:
        advice = f"To give programs internet access: {missing}" if missing else ""
        return Finding(f"target {name}", ok=True, found=found, advice=advice)
    advice = f"RAYGEN_TARGET_NETWORK is `internet`, but {missing}" if missing else ""
    return Finding(f"target {name}", ok=not missing, found=found, advice=advice)


async def _remote(name: str, target: TargetFile) -> Finding:
    return await _responding(f"target {name}", target, lambda: remote_target(name, target))


async def _validation(settings: Settings, name: str, target: TargetFile) -> list[Finding]:
    if target.validation is None:
        return []
    part, place = f"validation of {name}", target.validation
    found = await _responding(part, place, lambda: validation_cluster(settings, name, target))
    return [replace(found, found=f"{found.found}; it is not sealed")] if found.ok else [found]


async def _responding(part: str, place: ClusterFile, opened: Callable[[], JobsTarget | None]) -> Finding:
    address = values.shown(place.url or "")
    try:
        cluster = opened()
        assert cluster is not None
        async with aclosing(cluster) as remote:
            state = await remote.state()
    except RaygenError as error:
        return Finding(part, ok=False, found=f"{address} can't be called", advice=error.public)
    if not state.up:
        return Finding(part, ok=False, found=f"{address} doesn't respond", advice=state.problem)
    return Finding(part, ok=True, found=f"{address} responds, with Ray {state.version}")
