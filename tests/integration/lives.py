"""One life of the bot's process after another, as far as its durable work goes, over a real DBOS and database."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from dbos._dbos import _get_or_create_dbos_registry

from services import workflows
from services.approvals import ApprovalRule
from services.domain.entities import ProposalStatus, run_id
from services.domain.program_facts import binding
from services.domain.values import PolicyReport
from services.execution.interface import Target
from services.llm.interface import Reply
from services.proposals.reminders import Reminders
from services.store import Store, open_database
from services.store.approvals import Approval
from services.supervisor.agent import Supervisor
from services.supervisor.generator import Generator
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from services.tasks.steps import TaskSteps
from services.workflows import RunLimits, Workflows
from tests import builders
from tests.builders import passed
from tests.databases import database
from tests.deciding import deciding, run_steps
from tests.fakes import FakeValidator, RecordingNotifier, approving, here, permissions, proposal_cards
from tests.standins.scripted_model import ScriptedModel, calls

APPROVERS = ApprovalRule(users=frozenset({"UADA"}))


class World:
    def __init__(
        self,
        store: Store,
        replies: list[Reply | Exception],
        target: Target,
        limits: RunLimits | None = None,
    ) -> None:
        draft = calls("submit_program", title="Add", purpose="Adds.", code="print(3)")
        workshop = Workshop(
            Generator(ScriptedModel([draft] * 9), Profile("g")),
            lambda _: PolicyReport(),
            FakeValidator([passed()] * 9),
        )
        self.store, self.notifier, self.target = store, RecordingNotifier(), target
        self.model = ScriptedModel(replies)
        self.tasks = TaskSteps(
            store,
            self.notifier,
            Supervisor(self.model, workshop, "s"),
            workshop,
            here(target),
            permissions=permissions(store),
        )
        self.decisions = deciding(store, self.notifier, here(target), approving(store))
        self.runs = run_steps(self.decisions)
        self.pending = Reminders(
            store, self.notifier, proposal_cards(store, approving(store, APPROVERS, expiry=1000.0)), 100.0
        )
        self.flows = Workflows(
            self.tasks,
            self.runs,
            store.in_hand,
            decisions=self.decisions,
            limits=limits or RunLimits(),
            retention=store.retention,
            pending=self.pending,
        )


@asynccontextmanager
async def process(
    path: Path,
    replies: list[Reply | Exception],
    target: Target,
    limits: RunLimits | None = None,
    *,
    url: str = "",
    executor: str = "local",
    prepare: Callable[[World], None] = lambda _: None,
) -> AsyncGenerator[World]:
    """What one life of the bot's process is to its database, which is a file in `path` unless `url` is given."""
    url = url or database(path)
    # A new process starts with an empty registry of instances; this one has to forget its last.
    _get_or_create_dbos_registry().instance_info_map.clear()
    async with open_database(url) as engine, workflows.durable(url, executor):
        world = World(Store(engine), replies, target, limits)
        prepare(world)
        workflows.launch()
        await world.flows.resume()
        yield world


async def approved(store: Store, number: int, **changes: object) -> str:
    """A proposal that is approved but whose run has not begun, recorded without any work; its ID."""
    proposal = builders.proposal(id=f"p_{number}", task_id=f"t_{number}", **changes)
    await store.sessions.ensure(builders.session())
    await store.tasks.add(builders.proposed_task(id=proposal.task_id, user=proposal.requester))
    await store.proposals.draft(proposal)
    await store.proposals.move(proposal.id, ProposalStatus.OPEN)
    given = Approval("UAPPROVER", binding(proposal, "UAPPROVER"), "default", 1.0)
    await store.approvals.record(
        proposal, builders.session(), given, 1, lambda user: binding(proposal, user), since=0.0
    )
    return proposal.id


async def ended(store: Store, *proposals: str) -> bool:
    """Whether all these runs have their outcome."""
    runs = [await store.runs.find(run_id(each)) for each in proposals]
    return all(run is not None and run.outcome is not None for run in runs)
