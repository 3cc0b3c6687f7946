"""The targets, as the settings name them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace

from bot.settings import Settings
from bot.wiring import target_file as targets_file
from bot.wiring.environments import environments
from bot.wiring.target_file import ClusterFile, TargetFile
from services.domain.errors import SettingsError
from services.execution.api import RayApi
from services.execution.cluster import Size
from services.execution.embedded import EmbeddedTarget
from services.execution.interface import Target
from services.execution.jobs import JobsTarget
from services.execution.profiling import Profiling
from services.targets.profiles import Profiles, own_profile, validation_of
from services.targets.run_links import RunLinks
from services.targets.targets import ConfiguredTarget, Targets


@asynccontextmanager
async def opened_targets(settings: Settings) -> AsyncGenerator[Targets]:
    """All targets of the settings, the default one first. Raises SettingsError."""
    async with AsyncExitStack() as stack:
        places: list[ConfiguredTarget] = []
        sources: dict[str, Profiling] = {}
        for name, target in configured(settings).items():
            opened = await stack.enter_async_context(_opened(settings, name, target))
            validation = validation_cluster(settings, name, target)
            if validation is not None:
                await stack.enter_async_context(aclosing(validation))
                sources[validation_of(name)] = validation.profiler
            terms = target.terms(settings.run_wall_limit)
            if target.url is None:
                terms = replace(terms, network=settings.target_network, own=True)
            places.append(ConfiguredTarget(opened, terms, validation))
            if isinstance(opened, JobsTarget):
                sources[name] = opened.profiler
        profiles = Profiles(
            sources,
            {place.name: own_profile() for place in places if place.terms.own},
            settings.state_dir / "profiles",
        )
        stack.push_async_callback(profiles.aclose)
        yield Targets(places, profiles)


def configured(settings: Settings) -> dict[str, TargetFile]:
    """The targets by name, the default one first. Raises SettingsError."""
    if settings.targets is not None:
        return targets_file.read(settings.targets)
    single = TargetFile.model_validate({"address": settings.ray_address, "token": settings.ray_auth_token})
    return {settings.target: single}


def run_links(settings: Settings) -> RunLinks:
    """The addresses that lead to runs. Raises SettingsError."""
    terms = (target.terms(settings.run_wall_limit) for target in configured(settings).values())
    return RunLinks.of((each.dashboard for each in terms), settings.api_url)


def remote_target(name: str, target: TargetFile) -> JobsTarget:
    """A cluster that others run. Raises SettingsError when it has no address, or its token can't be had."""
    if target.url is None:
        raise SettingsError(f"The target {name} has no address.")
    return _called(target, target.url, name)


def validation_cluster(settings: Settings, name: str, target: TargetFile) -> JobsTarget | None:
    """The cluster that programs for a target are validated on, where it has one of its own. Raises SettingsError."""
    place = target.validation
    if place is None or place.url is None:
        return None
    if settings.supervisor == "agentcore":
        raise SettingsError(
            f"RAYGEN_TARGETS: {name}.validation requires RAYGEN_SUPERVISOR=embedded. Remove it; with a supervisor on AgentCore, "
            "RAYGEN_VALIDATION_ADDRESS names one cluster for all validations."
        )
    return _called(place, place.url, f"validation of {name}")


def _called(place: ClusterFile, url: str, name: str) -> JobsTarget:
    api = RayApi(url, token=place.secret(), headers=place.headers, verify=place.verify)
    return JobsTarget(api, name=name)


def jobs_target(address: str, token: str | None, name: str) -> JobsTarget:
    """The cluster behind a Jobs API."""
    return JobsTarget(RayApi(address, token=token), name=name)


@asynccontextmanager
async def _opened(settings: Settings, name: str, target: TargetFile) -> AsyncGenerator[Target]:
    match target.url:
        case str():
            async with aclosing(remote_target(name, target)) as remote:
                yield remote
        case None:
            size = Size(cpus=settings.target_cpus) if settings.target_cpus else None
            root, outgoing = settings.state_dir / "target", settings.target_network
            packages = environments(settings)
            async with EmbeddedTarget(
                root, outgoing=outgoing, name=name, size=size, environments=packages
            ) as embedded:
                yield embedded
