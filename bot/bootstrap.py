"""The composition root: the only place that chooses implementations, by a match over the settings."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot import settings as settings_module
from bot import targets as targets_file
from bot.api.feeds import Feeds
from bot.api.switchboard import Everyone, Switchboard
from bot.settings import Settings
from bot.targets import TargetFile
from handlers.announcer import Announcer
from handlers.attachments import SlackAttachments
from handlers.delivery import Courier, open_courier
from handlers.live import LiveCards, open_cards
from handlers.narrator import SlackNarrator
from handlers.people import People
from handlers.subcommands import Subcommands
from services import workflows
from services.admission import Admission
from services.agentcore.client import Address, RuntimeClient
from services.agentcore.remote import RemoteSupervisor
from services.agentcore.wire import Terms
from services.approvals import ApprovalPolicy
from services.artifacts.folder import FolderStore
from services.artifacts.interface import ArtifactStore
from services.artifacts.s3 import S3Store
from services.chores import Watch, announcing, cleaning, present, watching
from services.desk import FrontDesk
from services.errors import SettingsError
from services.execution.api import RayApi
from services.execution.cluster import Size
from services.execution.embedded import EmbeddedTarget
from services.execution.interface import Target
from services.execution.jobs import JobsTarget
from services.history_desk import HistoryDesk
from services.lambdas.function import Function
from services.lambdas.snippets import LambdaSnippets
from services.lambdas.validation import LambdaValidator
from services.llm.anthropic import AnthropicModel
from services.llm.circuit import Circuit
from services.llm.clients import Access, Client, model_id, open_client
from services.llm.interface import LanguageModel
from services.llm.resilient import ResilientModel
from services.model import Engine, Readiness
from services.policy import Policy
from services.runs import RunDesk
from services.snippets.interface import SnippetRunner
from services.snippets.runner import open_snippets
from services.store import Store, open_database
from services.supervisor import prompt
from services.supervisor.agent import Supervisor
from services.supervisor.generator import Generator
from services.supervisor.interface import Inspecting, Supervising
from services.supervisor.meter import Budget, Meter
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from services.targets import Place, Targets
from services.tasks import TaskDesk
from services.validation import spark
from services.validation.cluster import ClusterValidator
from services.validation.examine import Check
from services.validation.interface import Limits, Validator
from services.validation.pool import PoolSettings, open_validator
from services.workflows import RunLimits, Workflows


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot that is wired up: its desk, its Bolt app where there is Slack, and how ready its parts are."""

    settings: Settings
    store: Store
    app: AsyncApp | None
    workflows: Workflows
    validator: Validator
    targets: Targets
    desk: FrontDesk
    feeds: Feeds
    announcer: Announcer | None = None

    async def readiness(self) -> Sequence[Readiness]:
        """A bot can work while one of its targets is up; what is wrong with the others shows where they are chosen."""
        found = [await place.target.readiness() for place in self.targets]
        return [self.validator.readiness(), next((each for each in found if each.ready), found[0])]


@dataclass(frozen=True, slots=True)
class Slack:
    """What speaks to one workspace."""

    client: AsyncWebClient
    courier: Courier
    cards: LiveCards
    people: People


@asynccontextmanager
async def _slack(settings: Settings, token: str, store: Store) -> AsyncGenerator[Slack]:
    client = _client(settings, token)
    async with (
        open_courier(client, store.posts) as courier,
        open_cards(client, courier, store.posts) as cards,
    ):
        yield Slack(client, courier, cards, People(client))


@asynccontextmanager
async def assemble(settings: Settings, bot_token: str | None) -> AsyncGenerator[Bot]:
    """Everything that a running bot consists of, closed in reverse order at the end; without a token, no Slack.

    Raises SettingsError when a setting is missing or wrong.
    """
    settings_module.require_supervisor(settings)
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(open_database(settings.database))
        store = Store(engine, artifact_store(settings))
        slack = await stack.enter_async_context(_slack(settings, bot_token, store)) if bot_token else None
        targets = await stack.enter_async_context(_targets(settings))
        feeds = Feeds()
        narrator = Switchboard(feeds, SlackNarrator(slack.courier, slack.cards, targets) if slack else None)
        people = Everyone(settings.tokens, slack.people if slack else None)
        default = next(iter(targets)).target
        validator = await stack.enter_async_context(validating(_at_hand(settings), default))
        policy = Policy(settings.policy)
        agents = await stack.enter_async_context(supervised(settings, policy.check, validator))
        tasks = TaskDesk(
            store,
            narrator,
            agents.supervisor,
            agents.workshop,
            targets,
            meter=metering(settings),
            attachments=SlackAttachments(slack.client) if slack else None,
            names=people.name,
        )
        runs = RunDesk(store, narrator, targets)
        await stack.enter_async_context(present(store.replicas, settings.replica))
        await stack.enter_async_context(workflows.durable(settings.database, settings.replica))
        own = {place.name: place.terms.runs for place in targets if place.terms.runs is not None}
        limits = RunLimits(settings.runs_per_target, settings.runs_per_user, own)
        flows = Workflows(tasks, runs, limits, store.retention)
        approvals = ApprovalPolicy(settings.approvers)
        admission = Admission(store, settings.limits)
        desk = FrontDesk(store, tasks, runs, flows, approvals, people.look_up, admission)
        app = _bolt(settings, slack, desk, policy, targets) if slack else None
        announcer = (
            Announcer(slack.courier, store.audit, settings.audit_channel)
            if slack and settings.audit_channel
            else None
        )
        yield Bot(settings, store, app, flows, validator, targets, desk, feeds, announcer)


def _bolt(settings: Settings, slack: Slack, desk: FrontDesk, policy: Policy, targets: Targets) -> AsyncApp:
    secret = settings.slack_signing_secret
    app = AsyncApp(
        client=slack.client,
        signing_secret=secret.get_secret_value() if secret else None,
        # Slack gets its acknowledgement once the listener has made the work durable, never before.
        process_before_response=True,
        raise_error_for_unhandled_request=False,
    )
    history = HistoryDesk(desk.store, slack.people.is_in)
    subcommands = Subcommands(slack.courier, desk, history, targets)
    handlers.register(app, desk, slack.courier, policy.check, targets, subcommands=subcommands)
    return app


@asynccontextmanager
async def working(bot: Bot) -> AsyncGenerator[None]:
    """Goes on with what an earlier process left unfinished, and does the chores until the context ends."""
    workflows.launch()
    await bot.workflows.resume()
    settings = bot.settings
    watch = Watch(
        bot.store.replicas, settings.replica, bot.workflows.take_over, after=settings.takeover_after
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(watching(watch))
        if bot.announcer is not None:
            await stack.enter_async_context(announcing(bot.announcer.tell))
        if settings.keep_days is not None:
            await stack.enter_async_context(
                cleaning(partial(bot.workflows.begin_cleaning, settings.keep_days))
            )
        yield


def profiles(settings: Settings) -> list[Profile]:
    """What the generator is told for each engine, the default one first."""
    untried = {Engine.SPARK: spark.lacking() if settings.validation == "sealed" else spark.NOT_HERE}
    return [Profile.of(engine, untried=untried.get(engine, "")) for engine in settings.engines]


@dataclass(frozen=True, slots=True)
class Agents:
    """Who talks to people, and where programs are examined for them."""

    supervisor: Supervising
    workshop: Inspecting


@asynccontextmanager
async def supervised(settings: Settings, check: Check, validator: Validator) -> AsyncGenerator[Agents]:
    """The agents that the settings choose, in this process or on AgentCore. Raises SettingsError."""
    match settings.supervisor:
        case "embedded":
            access = settings_module.require_model(settings)
            async with staffed(settings, access, check, validator) as agents:
                yield agents
        case "agentcore":
            remote = RemoteSupervisor(RuntimeClient(runtime_address(settings)), terms(settings))
            yield Agents(remote, remote)


def runtime_address(settings: Settings) -> Address:
    """Raises SettingsError when what is set is no runtime's ARN."""
    return Address(settings.agentcore_arn, settings.agentcore_qualifier, settings.agentcore_url)


def terms(settings: Settings) -> Terms:
    """What of the settings travels with each request to a remote supervisor."""
    return Terms(
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
class Equipment:
    """What agents share: the way to the models with what is known of their willingness, and the snippets' sandbox."""

    client: Client
    snippets: SnippetRunner | None
    circuit: Circuit = field(default_factory=Circuit)


@asynccontextmanager
async def equipped(settings: Settings, access: Access) -> AsyncGenerator[Equipment]:
    async with open_client(access) as client, computing(settings) as snippets:
        yield Equipment(client, snippets)


@asynccontextmanager
async def staffed(
    settings: Settings, access: Access, check: Check, validator: Validator
) -> AsyncGenerator[Agents]:
    """The agents with the models and the snippets that are chosen."""
    async with equipped(settings, access) as equipment:
        yield crew(settings, equipment, check, validator)


def crew(settings: Settings, equipment: Equipment, check: Check, validator: Validator) -> Agents:
    """The agents of this process."""
    models = Models(settings, equipment.client, equipment.circuit)
    workshop = Workshop(
        Generator(models.called(settings.generator_model), *profiles(settings)),
        check,
        validator,
        attempts=settings.attempts,
    )
    model = models.called(settings.model)
    return Agents(Supervisor(model, workshop, prompt("supervisor").text, equipment.snippets), workshop)


def function(settings: Settings, part: str, name: str) -> Function:
    """The Lambda called `name`. Raises SettingsError when it has no name."""
    if not name:
        raise SettingsError(f"RAYGEN_{part}=lambda needs RAYGEN_{part}_LAMBDA.")
    return Function(name, region=settings.aws_region, endpoint=settings.lambda_url)


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


def _client(settings: Settings, token: str) -> AsyncWebClient:
    client = AsyncWebClient(token=token, base_url=settings.slack_api_url)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=3))
    return client


def _at_hand(settings: Settings) -> Settings:
    """Where the supervisor validates elsewhere, no sealed cluster is kept ready here; one starts if it is needed."""
    return settings if settings.supervisor == "embedded" else settings.model_copy(update={"pool_size": 0})


def _pool(settings: Settings) -> PoolSettings:
    memory = settings.validation_memory_mb * 1024**2
    return PoolSettings(size=settings.pool_size, limits=Limits(wall=settings.validation_wall, memory=memory))


@asynccontextmanager
async def validating(settings: Settings, target: Target | None = None) -> AsyncGenerator[Validator]:
    """Where programs are validated; `target` is needed for an unsealed validation only."""
    limits = _pool(settings).limits
    match settings.validation:
        case "cluster" if settings.validation_address:
            token = settings.validation_token.get_secret_value() if settings.validation_token else None
            jobs = jobs_target(settings.validation_address, token, "validation")
            where = "on the validation cluster"
            async with aclosing(jobs), ClusterValidator(jobs, where=where, limits=limits) as validator:
                yield validator
        case "cluster":
            raise SettingsError("RAYGEN_VALIDATION=cluster needs RAYGEN_VALIDATION_ADDRESS.")
        case "unsealed":
            if target is None:
                raise SettingsError("An unsealed validation runs on a target; this command has none.")
            where = f"unsealed, on the target {target.name}"
            async with ClusterValidator(target, where=where, limits=limits) as validator:
                yield validator
        case "gateway":
            from bot import gateway  # noqa: PLC0415  # most do without it, and it takes long to import

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
            from bot import gateway  # noqa: PLC0415  # most do without it, and it takes long to import

            yield gateway.snippets(settings)
        case "lambda":
            yield LambdaSnippets(function(settings, "SNIPPETS", settings.snippets_lambda))
        case "on":
            async with open_snippets() as snippets:
                yield snippets


def jobs_target(address: str, token: str | None, name: str) -> JobsTarget:
    """The cluster behind a Jobs API."""
    return JobsTarget(RayApi(address, token=token), name=name)


def configured(settings: Settings) -> dict[str, TargetFile]:
    """The targets by name, the default one first. Raises SettingsError."""
    if settings.targets is not None:
        return targets_file.read(settings.targets)
    single = TargetFile.model_validate({"address": settings.ray_address, "token": settings.ray_auth_token})
    return {settings.target: single}


def remote_target(name: str, target: TargetFile) -> JobsTarget:
    """A cluster that others run. Raises SettingsError when it has no address, or its token can't be had."""
    if target.url is None:
        raise SettingsError(f"The target {name} has no address.")
    api = RayApi(target.url, token=target.secret(), headers=target.headers, verify=target.verify)
    return JobsTarget(api, name=name)


def artifact_store(settings: Settings) -> ArtifactStore:
    """Where the files of runs are kept. Raises SettingsError for a bucket without a name."""
    match urlsplit(settings.artifacts):
        case SplitResult(scheme="s3", netloc=""):
            raise SettingsError("RAYGEN_ARTIFACTS names no bucket; write `s3://bucket/prefix`.")
        case SplitResult(scheme="s3", netloc=bucket, path=prefix):
            return S3Store(bucket, prefix, region=settings.aws_region, endpoint=settings.s3_endpoint)
        case _:
            return FolderStore(Path(settings.artifacts or settings.state_dir / "artifacts").expanduser())


@asynccontextmanager
async def _targets(settings: Settings) -> AsyncGenerator[Targets]:
    async with AsyncExitStack() as stack:
        places: list[Place] = []
        for name, target in configured(settings).items():
            opened = await stack.enter_async_context(_opened(settings, name, target))
            places.append(Place(opened, target.terms(settings.run_wall_limit)))
        yield Targets(places)


@asynccontextmanager
async def _opened(settings: Settings, name: str, target: TargetFile) -> AsyncGenerator[Target]:
    match target.url:
        case str():
            async with aclosing(remote_target(name, target)) as remote:
                yield remote
        case None:
            size = Size(cpus=settings.target_cpus) if settings.target_cpus else None
            async with EmbeddedTarget(settings.state_dir / "target", name=name, size=size) as embedded:
                yield embedded
