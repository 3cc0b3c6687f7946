"""Where programs are validated and snippets run."""

from __future__ import annotations

from contextlib import aclosing

from bot.doctor.finding import Finding
from bot.settings import Settings, values
from bot.wiring import sandboxes
from bot.wiring.clusters import jobs_target
from services.domain.errors import RaygenError
from services.gateway.errors import GatewayDenied, GatewayLogin
from services.lambdas.errors import FunctionDenied
from services.snippets.interface import TIMEOUT
from services.validation.probe import probe

_MARGIN = 15


async def validation(settings: Settings) -> Finding:
    match settings.validation:
        case "unsealed":
            found = "unsealed: programs run on the target cluster before anybody has approved them"
            return Finding("validation", ok=True, found=found)
        case "cluster":
            return await _cluster(settings)
        case "gateway":
            return await _gateway(settings, "validation", settings.gateway_validation_tool)
        case "lambda":
            return await _lambda(settings, "validation", settings.validation_lambda, settings.validation_wall)
        case "sealed":
            return await _sealed()


async def snippets(settings: Settings) -> list[Finding]:
    match settings.snippets:
        case "gateway":
            return [await _gateway(settings, "snippets", settings.gateway_snippet_tool)]
        case "lambda":
            return [await _lambda(settings, "snippets", settings.snippets_lambda, TIMEOUT)]
        case "on" | "off":
            return []


async def _sealed() -> Finding:
    readiness = await probe()
    if readiness.ready:
        return Finding("validation", ok=True, found="bubblewrap can seal programs on this machine")
    found = "bubblewrap can't seal programs on this machine"
    return Finding("validation", ok=False, found=found, advice=readiness.missing)


async def _cluster(settings: Settings) -> Finding:
    try:
        sandboxes.require_validation(settings)
    except RaygenError as error:
        return Finding("validation", ok=False, found="no address is set", advice=error.public)
    assert settings.validation_address
    token = settings.validation_token.get_secret_value() if settings.validation_token else None
    async with aclosing(jobs_target(settings.validation_address, token, "validation")) as cluster:
        readiness = await cluster.readiness()
    address = values.shown(settings.validation_address)
    found = f"{address} responds" if readiness.ready else f"{address} doesn't respond"
    return Finding("validation", ok=readiness.ready, found=found, advice=readiness.missing)


async def _lambda(settings: Settings, part: str, name: str, needed: float) -> Finding:
    """Reads the function's configuration, which should allow more than `needed` seconds; doesn't invoke it."""
    try:
        found = await sandboxes.function(settings, part.upper(), name).configuration()
    except FunctionDenied as error:
        allow = "Allow lambda:GetFunctionConfiguration (for this check) and lambda:InvokeFunction."
        return Finding(part, ok=False, found=f"the Lambda {name}", advice=f"{error.public} {allow}")
    except RaygenError as error:
        shown = f"the Lambda {name} can't be used" if name else "no Lambda is set"
        return Finding(part, ok=False, found=shown, advice=error.public)
    shown = f"the Lambda {name}, with {found.timeout:g} s and {found.memory} MB"
    if found.problem:
        return Finding(part, ok=False, found=shown, advice=found.problem)
    if found.timeout <= needed:
        advice = f"Raise its timeout to {needed + _MARGIN:g} s: raygen's own limit is {needed:g} s."
        return Finding(part, ok=False, found=shown, advice=advice)
    return Finding(part, ok=True, found=f"{shown} (not invoked)")


async def _gateway(settings: Settings, part: str, tool: str) -> Finding:
    """Lists the gateway's tools; calls none."""
    from bot.wiring.gateway import gateway  # noqa: PLC0415  # most do without it, and it takes long to import

    address = values.shown(settings.gateway_url or "")
    try:
        await gateway(settings).check(tool)
    except (GatewayDenied, GatewayLogin) as error:
        advice = f"{_without_doctor(error)} {_CREDENTIALS[settings.gateway_auth]}"
        return Finding(part, ok=False, found=f"{address} refuses raygen's credentials", advice=advice)
    except RaygenError as error:
        found = f"{tool} isn't available at {address or 'an MCP gateway'}"
        return Finding(part, ok=False, found=found, advice=_without_doctor(error))
    found = f"{tool} at {address}, authentication {settings.gateway_auth} (not tested)"
    return Finding(part, ok=True, found=found)


def _without_doctor(error: RaygenError) -> str:
    return error.public.partition(" `raygen doctor`")[0]


_CREDENTIALS = {
    "none": "Set RAYGEN_GATEWAY_AUTH to the method that the gateway requires.",
    "jwt": "Check RAYGEN_GATEWAY_TOKEN_URL, RAYGEN_GATEWAY_CLIENT_ID, RAYGEN_GATEWAY_CLIENT_SECRET and "
    "RAYGEN_GATEWAY_SCOPE, and that the gateway accepts this client.",
    "sigv4": "Check the AWS credentials, that they allow bedrock-agentcore:InvokeGateway, and AWS_REGION.",
}
