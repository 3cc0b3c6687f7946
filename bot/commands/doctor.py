"""`raygen doctor`: looks at each part that the bot needs, and says what was found and what to do."""

from __future__ import annotations

import json
import platform
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path

import ray
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from bot import settings as settings_module
from bot.settings import Settings
from bot.wiring import slack_access as access_module
from bot.wiring.agents import runtime_address
from bot.wiring.clusters import configured, jobs_target, remote_target
from bot.wiring.sandboxes import function
from bot.wiring.target_file import TargetFile
from services.agentcore.client import look
from services.domain.disk_space import RESERVE
from services.domain.errors import RaygenError, SettingsError, StorageFull
from services.execution.outgoing import Outgoing, obstacle
from services.gateway.errors import GatewayDenied, GatewayLogin
from services.lambdas.errors import FunctionDenied
from services.llm.clients import Access, Provider, model_id
from services.snippets.interface import TIMEOUT
from services.store import Store, open_database
from services.store.installations import Installations
from services.text.formatting import human_bytes, plural
from services.validation.probe import probe


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: whether it is in order, what was found, and what to do when it is not."""

    part: str
    ok: bool
    found: str
    advice: str = ""


Examination = Callable[[Settings], Awaitable[Finding]]


async def examine(settings: Settings) -> list[Finding]:
    """All findings, in the order in which a newcomer would fix them."""
    looks = (_python, _slack, _model, _database, _validation)
    if settings.supervisor == "agentcore":  # it has models and validation of its own
        looks = (_python, _slack, _agentcore, _database)
    return [*[await look(settings) for look in looks], *await _snippets(settings), *await _targets(settings)]


def as_table(findings: list[Finding]) -> str:
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{'ok ' if finding.ok else 'NO '} {finding.part:<10} {finding.found}")
        if finding.advice:
            lines.append(f"{'':14} → {finding.advice}")
    wrong = sum(not finding.ok for finding in findings)
    lines.append(
        "Everything is in order." if not wrong else f"{wrong} of {len(findings)} parts need attention."
    )
    return "\n".join(lines)


def as_json(findings: list[Finding]) -> str:
    return json.dumps({"ok": all(f.ok for f in findings), "parts": [asdict(f) for f in findings]}, indent=2)


async def _python(_: Settings) -> Finding:
    compiled = _has_bytecode(ray.__file__)
    found = f"Python {platform.python_version()}, ray {version('ray')}, slack-bolt {version('slack-bolt')}"
    if compiled:
        return Finding("python", ok=True, found=found)
    return Finding(
        "python",
        ok=True,
        found=found,
        advice="Bytecode is missing, so Ray starts slowly: run `make install`.",
    )


async def _slack(settings: Settings) -> Finding:
    try:
        many = access_module.many_workspaces(settings)
        if many is not None:
            return await _many_workspaces(settings)
        by_http = _is_set(settings.slack_signing_secret) and not _is_set(settings.slack_app_token)
        if by_http:
            access_module.slack_over_http(settings)
        else:
            access_module.require_slack(settings)
    except RaygenError as error:
        return Finding(
            "slack", ok=False, found=error.public, advice="`raygen manifest` prints the app to create."
        )
    what = "bot token and signing secret" if by_http else "bot and app token"
    return Finding("slack", ok=True, found=f"{what} are set, for {settings.slack_api_url}")


async def _many_workspaces(settings: Settings) -> Finding:
    """What workspaces install raygen with, and how many have. Raises SettingsError where neither way to hear them is set."""
    ways = [
        *(["HTTP"] if _is_set(settings.slack_signing_secret) else []),
        *(["Socket Mode"] if _is_set(settings.slack_app_token) else []),
    ]
    if not ways:
        raise SettingsError(
            "SLACK_SIGNING_SECRET is not set; `raygen serve` needs it to know Slack's own requests."
        )
    missing = [
        *(["RAYGEN_PUBLIC_URL, where people install it"] if not settings.public_url else []),
        *(
            ["RAYGEN_OAUTH_KEY, else the tokens are kept as they are"]
            if not _is_set(settings.oauth_keys)
            else []
        ),
    ]
    advice = f"Set {' and '.join(missing)} (docs/installation.md)." if missing else ""
    found = f"many workspaces by OAuth and {' and '.join(ways)}, for {settings.slack_api_url}"
    try:
        count = await _installed(settings)
    except RaygenError as error:
        return Finding("slack", ok=False, found=found, advice=error.public)
    except (SQLAlchemyError, OSError, KeyError):
        return Finding("slack", ok=True, found=f"{found}; how many is not known", advice=advice)
    return Finding("slack", ok=True, found=f"{found}; {plural(count, 'installation')}", advice=advice)


async def _installed(settings: Settings) -> int:
    """How many have installed it, whose tokens can all be read. Raises SettingsError for another key."""
    async with open_database(settings.database) as engine:
        records = Installations(engine, settings.encryptor)
        teams = await records.teams()
        for team in teams:
            await records.find(team)
    return len(teams)


def _is_set(secret: SecretStr | None) -> bool:
    return secret is not None and bool(secret.get_secret_value())


async def _model(settings: Settings) -> Finding:
    try:
        access = settings_module.require_model(settings)
    except RaygenError as error:
        return Finding(
            "model", ok=False, found=error.public, advice="Without a key, try `raygen playground`."
        )
    chosen = dict.fromkeys((settings.model, settings.generator_model))
    names = " and ".join(model_id(access.provider, name) for name in chosen)
    others = ", ".join(model_id(access.provider, name) for name in settings.fallback_models)
    instead = f", else {others}" if others else ""
    return Finding("model", ok=True, found=f"{names}{instead}, {_served(access)} (not tried)")


def _served(access: Access) -> str:
    """Who serves the models, and who we are there."""
    if access.provider is Provider.ANTHROPIC:
        return f"at {access.base_url or 'Anthropic'}, with an API key"
    door = "Mantle" if access.provider is Provider.BEDROCK else "its classic API"
    return f"at {access.base_url or f'Amazon Bedrock in {access.region}'} by {door}, with AWS credentials"


async def _agentcore(settings: Settings) -> Finding:
    try:
        settings_module.require_supervisor(settings)
        address = runtime_address(settings)
    except RaygenError as error:
        advice = "The stack's outputs name it, as does `aws bedrock-agentcore-control list-agent-runtimes`."
        return Finding("agentcore", ok=False, found=error.public, advice=advice)
    seen = await look(address)
    found = f"the runtime {address.id} in {address.region}"
    if not seen.ready:
        return Finding("agentcore", ok=False, found=f"{found} is not in order", advice=seen.missing)
    found += " (not looked at)" if seen.missing else " is READY (not tried)"
    return Finding("agentcore", ok=True, found=found, advice=seen.missing)


async def _database(settings: Settings) -> Finding:
    shown = settings.database.split("@")[-1]
    try:
        settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        async with open_database(settings.database) as engine:
            Store(engine).disk.check()
            return Finding("database", ok=True, found=shown)
    except StorageFull:
        found = f"the disk below {settings.state_dir} is full"
        advice = f"Make room: new requests are refused while less than {human_bytes(RESERVE)} is free."
        return Finding("database", ok=False, found=found, advice=advice)
    except (SQLAlchemyError, OSError, KeyError) as error:
        return Finding(
            "database",
            ok=False,
            found=f"{shown} can't be opened ({type(error).__name__})",
            advice="Check RAYGEN_DATABASE_URL and the rights on RAYGEN_STATE_DIR.",
        )


async def _validation(settings: Settings) -> Finding:
    match settings.validation:
        case "unsealed":
            found = "unsealed: programs that nobody has approved run on the target"
            return Finding("validation", ok=True, found=found)
        case "cluster":
            return await _validation_cluster(settings)
        case "gateway":
            return await _behind_gateway(settings, "validation", settings.gateway_validation_tool)
        case "lambda":
            return await _lambda(settings, "validation", settings.validation_lambda, settings.validation_wall)
        case "sealed":
            return await _seal()


async def _lambda(settings: Settings, part: str, name: str, needed: float) -> Finding:
    """Asks AWS how the function is configured, and nothing else; it should have more than `needed` seconds."""
    try:
        found = await function(settings, part.upper(), name).configuration()
    except RaygenError as error:
        return Finding(
            part, ok=False, found="the Lambda was not found in order", advice=_lambda_advice(error)
        )
    shown = f"the Lambda {name}, with {found.timeout:g} s and {found.memory} MB"
    if found.problem:
        return Finding(part, ok=False, found=shown, advice=found.problem)
    if found.timeout <= needed:
        advice = (
            f"Its timeout is not above the {needed:g} s that raygen may ask for: give it {needed + 15:g} s."
        )
        return Finding(part, ok=False, found=shown, advice=advice)
    return Finding(part, ok=True, found=f"{shown} (not invoked)")


def _lambda_advice(error: RaygenError) -> str:
    if isinstance(error, FunctionDenied):
        return (
            f"{error.public} Allow lambda:GetFunctionConfiguration (for this look) and lambda:InvokeFunction."
        )
    return error.public


async def _validation_cluster(settings: Settings) -> Finding:
    if settings.validation_address is None:
        advice = "Set RAYGEN_VALIDATION_ADDRESS to its Jobs API."
        return Finding("validation", ok=False, found="the validation cluster has no address", advice=advice)
    token = settings.validation_token.get_secret_value() if settings.validation_token else None
    async with aclosing(jobs_target(settings.validation_address, token, "validation")) as cluster:
        readiness = await cluster.readiness()
    found = f"{settings.validation_address} {'answers' if readiness.ready else 'does not'}"
    return Finding("validation", ok=readiness.ready, found=found, advice=readiness.missing)


async def _snippets(settings: Settings) -> list[Finding]:
    match settings.snippets:
        case "gateway":
            return [await _behind_gateway(settings, "snippets", settings.gateway_snippet_tool)]
        case "lambda":
            return [await _lambda(settings, "snippets", settings.snippets_lambda, TIMEOUT)]
        case "on" | "off":
            return []


async def _behind_gateway(settings: Settings, part: str, tool: str) -> Finding:
    """Asks the gateway what tools it has, and runs none."""
    from bot.wiring.gateway import gateway  # noqa: PLC0415  # most do without it, and it takes long to import

    try:
        await gateway(settings).check(tool)
    except (GatewayDenied, GatewayLogin) as error:
        advice = f"{error.public.partition(';')[0].rstrip('.')}: {_CREDENTIALS[settings.gateway_auth]}"
        return Finding(part, ok=False, found=f"{settings.gateway_url} does not let raygen in", advice=advice)
    except RaygenError as error:
        found = f"no {tool} at {settings.gateway_url or 'an MCP gateway'}"
        return Finding(part, ok=False, found=found, advice=error.public.partition("; `raygen doctor`")[0])
    found = f"{tool} at {settings.gateway_url}, authentication {settings.gateway_auth}"
    return Finding(part, ok=True, found=found)


_CREDENTIALS = {
    "none": "set RAYGEN_GATEWAY_AUTH to what the gateway asks for.",
    "jwt": "check RAYGEN_GATEWAY_TOKEN_URL, RAYGEN_GATEWAY_CLIENT_ID, RAYGEN_GATEWAY_CLIENT_SECRET and "
    "RAYGEN_GATEWAY_SCOPE, and that the gateway admits this client.",
    "sigv4": "check the AWS credentials, that they allow bedrock-agentcore:InvokeGateway, and AWS_REGION.",
}


async def _seal() -> Finding:
    readiness = await probe()
    if readiness.ready:
        return Finding("validation", ok=True, found="programs can be sealed with bubblewrap")
    return Finding("validation", ok=False, found="programs can't be sealed", advice=readiness.missing)


async def _targets(settings: Settings) -> list[Finding]:
    try:
        targets = configured(settings)
    except RaygenError as error:
        return [Finding("target", ok=False, found="the targets can't be read", advice=error.public)]
    return [
        _local(name, settings.target_network) if target.url is None else await _target(name, target)
        for name, target in targets.items()
    ]


def _local(name: str, network: Outgoing) -> Finding:
    found = f"a local Ray cluster, started with the bot; network: {network}"
    missing = obstacle()
    if network is Outgoing.NONE:
        return Finding(
            f"target {name}", ok=True, found=found, advice=f"For internet: {missing}" if missing else ""
        )
    advice = f"RAYGEN_TARGET_NETWORK is internet, but {missing}" if missing else ""
    return Finding(f"target {name}", ok=not missing, found=found, advice=advice)


async def _target(name: str, target: TargetFile) -> Finding:
    part = f"target {name}"
    try:
        async with aclosing(remote_target(name, target)) as remote:
            state = await remote.state()
    except RaygenError as error:
        return Finding(part, ok=False, found=f"{target.url} was not asked", advice=error.public)
    if not state.up:
        return Finding(part, ok=False, found=f"{target.url} does not answer", advice=state.problem)
    return Finding(part, ok=True, found=f"{target.url} answers, with Ray {state.version}")


def _has_bytecode(source: str) -> bool:
    return Path(cache_from_source(source)).exists()
