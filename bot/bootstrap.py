"""The composition root: what a running bot consists of; `bot.wiring` chooses the implementations, by a match over the settings."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot import approvals as approvals_file
from bot import settings as settings_module
from bot.api.feeds import Feeds
from bot.api.switchboard import Everyone, Switchboard
from bot.settings import Settings
from bot.wiring.agents import metering, offered, supervised
from bot.wiring.clusters import opened_targets, run_links
from bot.wiring.files import artifact_store
from bot.wiring.sandboxes import validating_here
from handlers.announcer import Announcer
from handlers.attachments import SlackAttachments
from handlers.delivery import Courier, open_courier
from handlers.live import LiveCards, open_cards
from handlers.narrator import SlackNarrator
from handlers.people import People
from handlers.subcommands import Subcommands
from services import workflows
from services.admission import Admission
from services.approvals import ApprovalPolicy
from services.approvals.desk import Approvals
from services.chores import Watch, announcing, attending, cleaning, present, watching
from services.desk import FrontDesk
from services.history_desk import HistoryDesk
from services.model import Readiness
from services.pending import PendingDesk
from services.policy import Policy
from services.runs import RunDesk
from services.store import Store, open_database
from services.targets import Targets
from services.tasks import TaskDesk
from services.validation.interface import Validator
from services.workflows import RunLimits, Workflows

# How often proposals that wait are looked at, in seconds, at most.
_ATTEND = 30.0


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot that is wired up: its desk, its Bolt app where there is Slack, and how ready its parts are."""

    settings: Settings
    store: Store
    app: AsyncApp | None
    workflows: Workflows
    validator: Validator | None
    targets: Targets
    desk: FrontDesk
    feeds: Feeds
    announcer: Announcer | None = None

    async def readiness(self) -> Sequence[Readiness]:
        """A bot can work while one of its targets is up; what is wrong with the others shows where they are chosen."""
        found = [await place.target.readiness() for place in self.targets]
        own = [self.validator.readiness()] if self.validator else []
        return [*own, next((each for each in found if each.ready), found[0])]


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
        targets = await stack.enter_async_context(opened_targets(settings))
        feeds = Feeds()
        people = Everyone(settings.tokens, slack.people if slack else None)
        approvals = Approvals(approval_policy(settings, targets), people, settings.approval_expiry)
        before = store.proposals.approved_before
        slack_narrator = (
            SlackNarrator(slack.courier, slack.cards, targets, approvals, store.preferences, before=before)
            if slack
            else None
        )
        narrator = Switchboard(feeds, slack_narrator)
        default = next(iter(targets)).target
        validator = await stack.enter_async_context(validating_here(settings, default))
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
        runs = RunDesk(store, narrator, targets, approvals)
        await stack.enter_async_context(present(store.replicas, settings.replica))
        await stack.enter_async_context(workflows.durable(settings.database, settings.replica))
        own = {place.name: place.terms.runs for place in targets if place.terms.runs is not None}
        limits = RunLimits(settings.runs_per_target, settings.runs_per_user, own)
        pending = PendingDesk(store, narrator, approvals, settings.approval_reminder or math.inf)
        flows = Workflows(tasks, runs, limits, store.retention, pending)
        desk = FrontDesk(store, tasks, runs, flows, Admission(store, settings.limits), offered(settings))
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
    links = run_links(settings)
    handlers.register(app, desk, slack.courier, policy.check, targets, subcommands=subcommands, links=links)
    return app


def approval_policy(settings: Settings, targets: Targets) -> ApprovalPolicy:
    """Who may approve what where. Raises SettingsError for a file that is wrong."""
    if settings.approvals is None:
        return ApprovalPolicy(settings.approvers)
    return approvals_file.read(settings.approvals, [place.name for place in targets])


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
        soonest = min(settings.approval_expiry, settings.approval_reminder or math.inf)
        every = min(_ATTEND, soonest / 4)
        await stack.enter_async_context(attending(bot.workflows.attend, every=every))
        if bot.announcer is not None:
            await stack.enter_async_context(announcing(bot.announcer.tell))
        if settings.keep_days is not None:
            await stack.enter_async_context(
                cleaning(partial(bot.workflows.begin_cleaning, settings.keep_days))
            )
        yield


def _client(settings: Settings, token: str) -> AsyncWebClient:
    client = AsyncWebClient(token=token, base_url=settings.slack_api_url)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=3))
    return client
