"""The composition root: what a running bot consists of; `bot.wiring` chooses the implementations, by a match over the settings."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from slack_bolt.app.async_app import AsyncApp

import handlers
from bot import settings as settings_module
from bot.api.directory import CombinedDirectory
from bot.api.feeds import Feeds
from bot.api.tokens import PREFIX
from bot.settings import Settings
from bot.wiring import approval_rules as approvals_file
from bot.wiring.agents import metering, open_agents, selectable_models
from bot.wiring.clusters import run_links
from bot.wiring.data import supplies
from bot.wiring.environments import environments
from bot.wiring.files import artifact_store, shares_artifacts
from bot.wiring.sandboxes import own_validators, validating_here
from bot.wiring.slack import Slack, bolt, speaking
from bot.wiring.slack_access import OAuth
from handlers.messaging.audit_channel import AuditChannel
from handlers.messaging.slack_notifier import SlackNotifier
from handlers.slack_api.files import SlackAttachments
from services import workflows
from services.approvals import ApprovalPolicy, ApprovalRule
from services.approvals.authorizer import Authorizer
from services.approvals.permissions import Permissions
from services.approvals.recorder import Recorder
from services.domain.entities import Session
from services.domain.errors import SettingsError
from services.domain.values import PolicyReport, Readiness
from services.notifications.notifier import Subscriber, Subscribers
from services.policy import Policy
from services.proposals.cards import ProposalCards
from services.proposals.decisions import Decisions
from services.proposals.reminders import Reminders
from services.runs.provisions import RunProvisions
from services.runs.steps import RunSteps
from services.store import Store, open_database
from services.targets.targets import Targets
from services.tasks.admission import Admission
from services.tasks.steps import TaskSteps
from services.usecases import UseCases
from services.usecases.data import DataCatalog
from services.usecases.history import RunHistory
from services.usecases.inbox import ApprovalInbox
from services.usecases.preferences import PreferenceActions
from services.usecases.proposals import ProposalActions
from services.usecases.requests import RequestActions
from services.usecases.runs import RunActions
from services.usecases.sessions import SessionRecords
from services.validation.data import Data
from services.validation.interface import Validator
from services.workflows import RunLimits, Workflows
from services.workflows.background import (
    Watch,
    announcing,
    attending,
    cleaning,
    present,
    refreshing,
    watching,
)

# How often proposals that wait are looked at, in seconds, at most.
_ATTEND = 30.0


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot that is wired up: its use cases, its Bolt app where there is Slack, and how ready its parts are."""

    settings: Settings
    store: Store
    app: AsyncApp | None
    workflows: Workflows
    validator: Validator | None
    targets: Targets
    use_cases: UseCases
    feeds: Feeds
    announcer: AuditChannel | None = None
    data: Data | None = None

    async def readiness(self) -> Sequence[Readiness]:
        """A bot can work while one of its targets is up; what is wrong with the others shows where they are chosen."""
        found = [await place.target.readiness() for place in self.targets]
        own = [self.validator.readiness()] if self.validator else []
        return [*own, next((each for each in found if each.ready), found[0])]


@asynccontextmanager
async def assemble(settings: Settings, access: str | OAuth | None, targets: Targets) -> AsyncGenerator[Bot]:
    """Everything that a running bot consists of, closed in reverse order at the end.

    `access` to Slack is the token of one workspace, or what gives one for each; without it there is no Slack.
    Raises SettingsError when a setting is missing or wrong.
    """
    settings_module.require_supervisor(settings)
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(open_database(settings.database))
        store = Store(engine, artifact_store(settings), shared=shares_artifacts(settings))
        slack = await stack.enter_async_context(speaking(settings, access, store)) if access else None
        feeds = Feeds()
        people = CombinedDirectory(settings.tokens, slack.people if slack else None)
        approvals = Authorizer(
            store=store,
            policy=approval_policy(settings, targets),
            directory=people,
            expiry=settings.approval_expiry,
        )
        recorder = Recorder(store=store, authorizer=approvals)
        cards = ProposalCards(store=store, targets=targets, approvals=approvals)
        subscribers = [Subscriber(feeds)]
        if slack:
            shown = SlackNotifier(slack.courier, slack.cards, targets, preferences=store.preferences)
            subscribers.append(Subscriber(shown, _is_in_slack))
        notifier = Subscribers(subscribers)
        default = next(iter(targets)).target
        stock = supplies(settings, [place.name for place in targets])
        validator = await stack.enter_async_context(validating_here(settings, default))
        policy = Policy(settings.policy)
        agents = await stack.enter_async_context(
            open_agents(
                settings,
                policy.check,
                validator,
                environments(settings),
                own_validators=own_validators(settings, targets),
                supplies=stock,
            )
        )
        permissions = Permissions(store, targets, approvals)
        tasks = TaskSteps(
            store,
            notifier,
            agents.supervisor,
            agents.workshop,
            targets,
            permissions=permissions,
            meter=metering(settings),
            attachments=SlackAttachments(slack.client) if slack else None,
            names=people.name,
            inputs=settings.inputs,
        )
        decisions = Decisions(
            store=store,
            notifier=notifier,
            targets=targets,
            authorizer=approvals,
            recorder=recorder,
            cards=cards,
        )
        runs = RunSteps(
            store=store,
            notifier=notifier,
            targets=targets,
            recorder=recorder,
            cards=cards,
            provisions=RunProvisions(stock.data, secrets=stock.secrets),
        )
        await stack.enter_async_context(present(store.replicas, settings.replica))
        await stack.enter_async_context(workflows.durable(settings.database, settings.replica))
        own = {place.name: place.terms.runs for place in targets if place.terms.runs is not None}
        limits = RunLimits(settings.runs_per_target, settings.runs_per_user, own)
        pending = Reminders(store, notifier, cards=cards, reminder=settings.approval_reminder or math.inf)
        flows = Workflows(
            tasks,
            runs,
            store.in_hand,
            decisions=decisions,
            limits=limits,
            retention=store.retention,
            pending=pending,
        )
        use_cases = UseCases(
            requests=RequestActions(
                store=store,
                tasks=tasks,
                workflows=flows,
                admission=Admission(store, limits=settings.limits, teams=people.teams),
                permissions=permissions,
            ),
            proposals=ProposalActions(
                store=store, decisions=decisions, workflows=flows, permissions=permissions
            ),
            runs=RunActions(store=store, steps=runs, permissions=permissions),
            preferences=PreferenceActions(
                store=store, permissions=permissions, models=selectable_models(settings)
            ),
            history=RunHistory(store=store, permissions=permissions),
            inbox=ApprovalInbox(store=store, decisions=decisions),
            sessions=SessionRecords(store=store, decisions=decisions),
            data=DataCatalog(stock.data),
        )
        app = (
            _bolt(settings, slack, use_cases, check=policy.check, targets=targets, authorizer=approvals)
            if slack
            else None
        )
        announcer = _announcer(settings, slack, store) if slack and settings.audit_channel else None
        yield Bot(settings, store, app, flows, validator, targets, use_cases, feeds, announcer, stock.data)


def _is_in_slack(session: Session) -> bool:
    return not session.channel.startswith(PREFIX)


def _bolt(
    settings: Settings,
    slack: Slack,
    use_cases: UseCases,
    *,
    check: Callable[[str], PolicyReport],
    targets: Targets,
    authorizer: Authorizer,
) -> AsyncApp:
    app = bolt(settings, slack)
    handlers.register(
        app,
        use_cases=use_cases,
        courier=slack.courier,
        check=check,
        targets=targets,
        authorizer=authorizer,
        links=run_links(settings),
        installations=slack.installations,
    )
    return app


def _announcer(settings: Settings, slack: Slack, store: Store) -> AuditChannel:
    team, _, channel = settings.audit_channel.rpartition("/")
    if slack.many and not team:
        raise SettingsError("RAYGEN_AUDIT_CHANNEL has no workspace: with many workspaces, write `T…/C…`.")
    return AuditChannel(slack.courier, store.audit, channel, team)


def approval_policy(settings: Settings, targets: Targets) -> ApprovalPolicy:
    """Who may approve what where. Raises SettingsError for a file that is wrong."""
    if settings.approvals is None:
        return ApprovalPolicy([ApprovalRule(users=frozenset(settings.approvers))])
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
        stack.push_async_callback(bot.store.in_hand.leave)
        await stack.enter_async_context(watching(watch))
        soonest = min(settings.approval_expiry, settings.approval_reminder or math.inf)
        every = min(_ATTEND, soonest / 4)
        await stack.enter_async_context(attending(bot.workflows.attend, every=every))
        if bot.announcer is not None:
            await stack.enter_async_context(announcing(bot.announcer.tell))
        if bot.data is not None:
            await stack.enter_async_context(refreshing(bot.data.samples.refresh))
        if settings.keep_days is not None:
            await stack.enter_async_context(
                cleaning(partial(bot.workflows.begin_cleaning, settings.keep_days))
            )
        yield
