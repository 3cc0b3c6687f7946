"""The agents, in this process or on AgentCore, and the models that they ask."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from bot import settings as settings_module
from bot.settings import Settings
from bot.wiring.sandboxes import computing
from services.agentcore.client import Address, RuntimeClient
from services.agentcore.remote import RemoteSupervisor
from services.agentcore.wire import SupervisorSettings
from services.domain.values import Engine
from services.environments.interface import Environments
from services.environments.terms import Allowed
from services.llm.access import Access, model_id
from services.llm.anthropic import AnthropicModel
from services.llm.circuit import Circuit
from services.llm.clients import Client, open_client
from services.llm.interface import LanguageModel
from services.llm.resilient import ResilientModel
from services.snippets.interface import SnippetRunner
from services.supervisor import prompt
from services.supervisor.agent import Supervisor
from services.supervisor.choosing import ChoosingSupervisor
from services.supervisor.generator import Generator
from services.supervisor.interface import Inspecting, Supervising
from services.supervisor.meter import Budget, Meter
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from services.validation import spark
from services.validation.examine import Check
from services.validation.interface import Validator
from services.validation.supplies import NO_SUPPLIES, Supplies

_CHOICE = 150
_NONE: Mapping[str, Validator] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Agents:
    """Who talks to people, and where programs are examined for them."""

    supervisor: Supervising
    workshop: Inspecting


@asynccontextmanager
async def open_agents(
    settings: Settings,
    check: Check,
    validator: Validator | None,
    environments: Environments | None = None,
    *,
    own_validators: Mapping[str, Validator] = _NONE,
    supplies: Supplies = NO_SUPPLIES,
) -> AsyncGenerator[Agents]:
    """The agents that the settings choose, in this process or on AgentCore; only those here need a validator.

    `own_validators` are those of targets with a validation cluster of their own. Raises SettingsError.
    """
    match settings.supervisor:
        case "embedded":
            assert validator is not None
            access = settings_module.require_model(settings)
            async with open_shared(settings, access) as shared:
                yield choosing(
                    settings,
                    partial(
                        local_agents,
                        shared=shared,
                        check=check,
                        validator=validator,
                        environments=environments,
                        own_validators=own_validators,
                        supplies=supplies,
                    ),
                )
        case "agentcore":
            yield choosing(settings, partial(_remote, RuntimeClient(runtime_address(settings))))


def selectable_models(settings: Settings) -> tuple[str, ...]:
    """The models that people may choose from: the supervisor's and those that stand in for it; none where that is one.

    A choice in a menu of Slack's holds at most 150 characters.
    """
    names = dict.fromkeys((settings.model, *settings.fallback_models))
    fitting = tuple(name for name in names if len(name) <= _CHOICE)
    return fitting if len(fitting) > 1 else ()


def choosing(settings: Settings, made: Callable[[Settings], Agents]) -> Agents:
    """Agents with the models that are set, and for each that people may choose some that have it write and answer."""
    usual = made(settings)
    others = {
        name: made(settings.model_copy(update={"model": name, "generator_model": name})).supervisor
        for name in selectable_models(settings)
    }
    return Agents(ChoosingSupervisor(usual.supervisor, others), usual.workshop) if others else usual


def _remote(client: RuntimeClient, settings: Settings) -> Agents:
    remote = RemoteSupervisor(client, terms(settings))
    return Agents(remote, remote)


def runtime_address(settings: Settings) -> Address:
    """Raises SettingsError when what is set is no runtime's ARN."""
    return Address(settings.agentcore_arn, settings.agentcore_qualifier, settings.agentcore_url)


def terms(settings: Settings) -> SupervisorSettings:
    """What of the settings travels with each request to a remote supervisor."""
    return SupervisorSettings(
        model=settings.model,
        generator_model=settings.generator_model,
        fallback_models=settings.fallback_models,
        model_deadline=settings.model_deadline,
        engines=settings.engines,
        attempts=settings.attempts,
        policy=settings.policy,
        ray_cluster_ip=settings.validation_address,
    )


@dataclass(frozen=True, slots=True)
class SharedAccess:
    """What agents share: the way to the models with what is known of their willingness, and the snippets' sandbox."""

    client: Client
    snippets: SnippetRunner | None
    circuit: Circuit = field(default_factory=Circuit)


@asynccontextmanager
async def open_shared(settings: Settings, access: Access) -> AsyncGenerator[SharedAccess]:
    async with open_client(access) as client, computing(settings) as snippets:
        yield SharedAccess(client, snippets)


@asynccontextmanager
async def open_local_agents(
    settings: Settings,
    access: Access,
    check: Check,
    validator: Validator,
    environments: Environments | None = None,
) -> AsyncGenerator[Agents]:
    """The agents with the models and the snippets that are chosen."""
    async with open_shared(settings, access) as shared:
        yield local_agents(settings, shared, check, validator, environments)


def local_agents(
    settings: Settings,
    shared: SharedAccess,
    check: Check,
    validator: Validator,
    environments: Environments | None = None,
    *,
    own_validators: Mapping[str, Validator] = _NONE,
    supplies: Supplies = NO_SUPPLIES,
) -> Agents:
    """The agents of this process."""
    models = Models(settings, shared.client, shared.circuit)
    workshop = Workshop(
        Generator(
            models.called(settings.generator_model), *profiles(settings, installs=environments is not None)
        ),
        check,
        validator,
        environments,
        attempts=settings.attempts,
        own_validators=own_validators,
        supplies=supplies,
    )
    model = models.called(settings.model)
    supervisor = Supervisor(model, workshop, prompt("supervisor").text, shared.snippets, supplies=supplies)
    return Agents(supervisor, workshop)


def metering(settings: Settings) -> Callable[[], Meter]:
    """Makes the account of one request."""
    budget = Budget(settings.budget_tokens, settings.budget_money, settings.budget_wall)
    return partial(Meter, budget, settings.prices)


class Models:
    """The models of one client, each with those that stand in for it; what is known of their willingness is shared."""

    def __init__(self, settings: Settings, client: Client, circuit: Circuit) -> None:
        self._settings = settings
        self._client = client
        self._circuit = circuit

    def called(self, name: str) -> LanguageModel:
        names = dict.fromkeys((name, *self._settings.fallback_models))
        provider = self._settings.provider
        models = [AnthropicModel(self._client, model_id(provider, each)) for each in names]
        return ResilientModel(models, self._circuit, deadline=self._settings.model_deadline)


def profiles(settings: Settings, *, installs: bool) -> list[Profile]:
    """What the generator's prompt says of each engine, the default one first; `installs` tells whether programs get packages."""
    untried = {Engine.SPARK: spark.lacking() if settings.validation == "sealed" else spark.NOT_HERE}
    shipped = [Profile.of(engine, untried=untried.get(engine, "")) for engine in settings.engines]
    note = _packages(settings) if installs else _NO_PACKAGES
    return [each.noting(note if each.engine is Engine.RAY else "") for each in shipped]


_NO_PACKAGES = """\
Packages: none can be installed here, and a program that declares or imports another package than those named first fails. Where
the request names one, do the same without it and say so in `purpose`."""


def _packages(settings: Settings) -> str:
    if settings.packages is not Allowed.LISTED:
        return ""
    names = ", ".join(sorted(settings.packages_allowed))
    if not names:
        return _NO_PACKAGES
    return f"""\
Packages: only these can be declared here, beside those that are installed: {names}. Where the request names another, do the
same without it and say so in `purpose`."""
