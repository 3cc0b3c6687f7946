"""People who approve in the same moment, at two replicas on one database, with the real workflows behind them: one run each."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.approvals import ApprovalRule
from services.domain.entities import Proposal, ProposalStatus, run_id
from services.domain.errors import Outdated
from services.execution.interface import Job
from services.security.audit_chain import AuditAction
from services.store import Store, open_database
from services.usecases.proposals import ProposalActions
from tests import builders
from tests import postgres as server
from tests.deciding import deciding, use_cases
from tests.fakes import FakeTarget, RecordingNotifier, approving, here
from tests.integration.lives import World, ended, process
from tests.waiting import until


@dataclass
class Counting(FakeTarget):
    """Counts what is submitted, also what it has already."""

    submitted: Counter[str] = field(default_factory=Counter[str])

    async def submit(self, job: Job) -> bool:
        self.submitted[job.submission_id] += 1
        return await super().submit(job)


async def waiting(store: Store, name: str) -> Proposal:
    proposal = builders.proposal(id=f"p_{name}", task_id=f"t_{name}")
    await store.tasks.add(builders.proposed_task(id=proposal.task_id))
    await store.proposals.draft(proposal)
    await store.proposals.move(proposal.id, ProposalStatus.OPEN)
    return proposal


def replica(store: Store, world: World, target: FakeTarget, needed: int) -> ProposalActions:
    approvals = approving(store, ApprovalRule(approvals=needed))
    decisions = deciding(store, RecordingNotifier(), here(target), approvals)
    return use_cases(decisions, workflows=world.flows).proposals


@pytest.mark.parametrize(
    ("database", "needed", "people", "times"),
    [
        ("sqlite", 1, 2, 200),
        ("sqlite", 2, 4, 10),
        pytest.param("postgresql", 1, 2, 30, marks=server.needed),
        pytest.param("postgresql", 2, 4, 10, marks=server.needed),
    ],
)
async def test_one_run_each(  # noqa: PLR0917  # a row of the table above
    request: pytest.FixtureRequest, tmp_path: Path, database: str, needed: int, people: int, times: int
):
    url = f"sqlite:///{tmp_path / 'raygen.db'}"
    if database == "postgresql":
        url = str(request.getfixturevalue("postgres"))
    target = Counting()
    async with process(tmp_path, [], target, url=url) as world, open_database(url) as other:
        replicas = [replica(store, world, target, needed) for store in (world.store, Store(other))]
        await world.store.sessions.ensure(builders.session())
        names = [f"race{needed}x{number}" for number in range(times)]
        proposals = [await waiting(world.store, name) for name in names]
        for proposal in proposals:
            answers = await asyncio.gather(
                *(
                    replicas[number % 2].approve(
                        proposal.id,
                        digest=proposal.program.sha256,
                        target=proposal.target,
                        user=f"UPERSON{number}",
                    )
                    for number in range(people)
                ),
                return_exceptions=True,
            )
            late = [answer for answer in answers if not isinstance(answer, Proposal)]
            assert all(isinstance(answer, Outdated) for answer in late), answers
            assert len(late) == people - needed, "each of the others learns that it was decided"
        ids = [proposal.id for proposal in proposals]
        await until(lambda: ended(world.store, *ids))
        assert target.submitted == Counter(map(run_id, ids))
        reported = [record.fields async for record in world.store.audit.records()]
        actions = Counter((each.get("proposal"), each["action"]) for each in reported)
        for name in ids:
            decided = await world.store.proposals.get(name)
            assert len(decided.approved_by) == needed
            assert actions[name, AuditAction.APPROVED] == 1
            assert actions[name, AuditAction.COUNTED] == needed - 1
