"""Where programs are validated and snippets run: sealed here, or elsewhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

from bot.settings import Settings
from bot.wiring.clusters import jobs_target
from services.domain.errors import SettingsError
from services.execution.interface import Target
from services.lambdas.function import Function
from services.lambdas.snippets import LambdaSnippets
from services.lambdas.validation import LambdaValidator
from services.snippets.interface import SnippetRunner
from services.snippets.runner import open_snippets
from services.targets.targets import Targets
from services.validation.cluster import ClusterValidator, cluster_id
from services.validation.interface import ValidationLimits, Validator
from services.validation.pool import PoolSettings, open_validator
from services.validation.sandbox import ClusterSettings
from services.validation.seal import Spaces

_NO_TARGET = "RAYGEN_VALIDATION=unsealed works only in the bot, which has a target cluster: choose another value for this command."


@asynccontextmanager
async def validating(settings: Settings, target: Target | None = None) -> AsyncGenerator[Validator]:
    """Where programs are validated; `target` is needed for an unsealed validation only."""
    limits = _pool(settings).limits
    match settings.validation:
        case "cluster":
            address = _validation_cluster(settings)
            token = settings.validation_token.get_secret_value() if settings.validation_token else None
            jobs = jobs_target(address, token, "validation")
            where, cluster = "on the validation cluster", cluster_id(address)
            async with (
                aclosing(jobs),
                ClusterValidator(jobs, where=where, limits=limits, cluster=cluster) as validator,
            ):
                yield validator
        case "unsealed":
            if target is None:
                raise SettingsError(_NO_TARGET)
            where = f"unsealed, on the target {target.name}"
            async with ClusterValidator(target, where=where, limits=limits) as validator:
                yield validator
        case "gateway":
            from bot.wiring import gateway  # noqa: PLC0415  # most do without it, and it takes long to import

            async with gateway.validator(settings, limits) as validator:
                yield validator
        case "lambda":
            chosen = function(settings, "VALIDATION", settings.validation_lambda)
            address = settings.validation_address
            async with LambdaValidator(chosen, address=address, limits=limits) as validator:
                yield validator
        case "sealed":
            async with open_validator(_pool(settings)) as pool:
                yield pool


@asynccontextmanager
async def computing(settings: Settings) -> AsyncGenerator[SnippetRunner | None]:
    """Where snippets are run; None where they are not."""
    match settings.snippets:
        case "off":
            yield None
        case "gateway":
            from bot.wiring import gateway  # noqa: PLC0415  # most do without it, and it takes long to import

            yield gateway.snippets(settings)
        case "lambda":
            yield LambdaSnippets(function(settings, "SNIPPETS", settings.snippets_lambda))
        case "on":
            async with open_snippets() as snippets:
                yield snippets


def require_validation(settings: Settings) -> None:
    """Raises SettingsError when something is missing for the chosen validation."""
    match settings.validation:
        case "cluster":
            _validation_cluster(settings)
        case "gateway":
            _require_gateway(settings)
        case "lambda":
            function(settings, "VALIDATION", settings.validation_lambda)
        case "sealed" | "unsealed":
            pass


def require_snippets(settings: Settings) -> None:
    """Raises SettingsError when something is missing for the chosen way to run snippets."""
    match settings.snippets:
        case "gateway":
            _require_gateway(settings)
        case "lambda":
            function(settings, "SNIPPETS", settings.snippets_lambda)
        case "on" | "off":
            pass


def _require_gateway(settings: Settings) -> None:
    from bot.wiring import gateway  # noqa: PLC0415  # most do without it, and it takes long to import

    gateway.gateway(settings)


def _validation_cluster(settings: Settings) -> str:
    if not settings.validation_address:
        raise SettingsError(
            "RAYGEN_VALIDATION=cluster requires RAYGEN_VALIDATION_ADDRESS, the cluster's Ray Jobs API."
        )
    return settings.validation_address


def function(settings: Settings, part: str, name: str) -> Function:
    """The Lambda called `name`. Raises SettingsError when it has no name."""
    if not name:
        raise SettingsError(
            f"RAYGEN_{part}=lambda requires RAYGEN_{part}_LAMBDA, the name or ARN of the Lambda."
        )
    return Function(name, region=settings.aws_region, endpoint=settings.lambda_url)


@asynccontextmanager
async def validating_here(settings: Settings, target: Target) -> AsyncGenerator[Validator | None]:
    """None where the supervisor validates elsewhere: such a bot may live where nothing can be sealed."""
    if settings.supervisor == "agentcore":
        yield None
        return
    async with validating(settings, target) as validator:
        yield validator


def own_validators(settings: Settings, targets: Targets) -> Mapping[str, Validator]:
    """The validators of targets with a validation cluster of their own, by the targets' names."""
    own = {place.name: (place.validation, place.terms) for place in targets}
    limits = _pool(settings).limits
    return {
        name: ClusterValidator(
            cluster,
            where=f"unsealed, on the validation cluster of the target {name}",
            limits=replace(limits, wall=terms.validation_wall or limits.wall),
            cluster=cluster_id(cluster.address),
        )
        for name, (cluster, terms) in own.items()
        if cluster is not None
    }


def _pool(settings: Settings) -> PoolSettings:
    memory = settings.validation_memory_mb * 1024**2
    store = settings.validation_object_store_mb * 1024**2
    # Ray takes a little more of shared memory than its objects have, and programs some of their own.
    cluster = ClusterSettings(object_store=store, spaces=Spaces(shared_memory=store + 256 * 1024**2))
    return PoolSettings(
        size=settings.pool_size,
        limits=ValidationLimits(wall=settings.validation_wall, memory=memory, object_store=store),
        cluster=cluster,
    )
