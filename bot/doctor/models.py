"""Which models answer, and where."""

from __future__ import annotations

from bot.doctor.finding import Finding
from bot.settings import Settings, require_model, require_supervisor, values
from bot.wiring.agents import runtime_address
from services.agentcore.client import look
from services.domain.errors import RaygenError
from services.llm.access import Access, Provider, model_id


def model(settings: Settings) -> Finding:
    """Compares the settings with what is needed; no model is called."""
    try:
        access = require_model(settings)
    except RaygenError as error:
        advice = "`raygen playground` works without an API key."
        return Finding("model", ok=False, found=error.public, advice=advice)
    chosen = dict.fromkeys((settings.model, settings.generator_model))
    names = " and ".join(model_id(access.provider, name) for name in chosen)
    others = ", ".join(model_id(access.provider, name) for name in settings.fallback_models)
    fallback = f", fallback {others}" if others else ""
    return Finding("model", ok=True, found=f"{names}{fallback} {_place(access)} (not tested)")


def _place(access: Access) -> str:
    if access.provider is Provider.ANTHROPIC:
        return f"at {values.shown(access.base_url) if access.base_url else 'Anthropic'}, with an API key"
    api = "Mantle" if access.provider is Provider.BEDROCK else "the classic API"
    address = values.shown(access.base_url) if access.base_url else f"Amazon Bedrock in {access.region}"
    return f"at {address} by {api}, with AWS credentials"


async def agentcore(settings: Settings) -> Finding:
    """Asks AWS for the runtime's status; the runtime isn't called."""
    try:
        require_supervisor(settings)
        address = runtime_address(settings)
    except RaygenError as error:
        advice = "It is an output of the CloudFormation stack; `aws bedrock-agentcore-control list-agent-runtimes` lists it, too."
        return Finding("agentcore", ok=False, found=error.public, advice=advice)
    seen = await look(address)
    found = f"runtime {address.id} in {address.region}"
    if not seen.ready:
        return Finding("agentcore", ok=False, found=f"{found} isn't ready", advice=seen.missing)
    found += " (status unknown)" if seen.missing else " is READY (not tested)"
    return Finding("agentcore", ok=True, found=found, advice=seen.missing)
