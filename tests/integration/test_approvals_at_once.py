"""An approval and another target in the same moment, of two replicas on one PostgreSQL: no approval outlives its target."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
from sqlalchemy import select

from services.approvals import ApprovalRule
from services.domain.entities import Proposal, ProposalStatus
from services.domain.errors import Outdated
from services.domain.program_facts import binding
from services.store import Store, open_database, tables
from tests import postgres as server
from tests.deciding import retarget
from tests.fakes import FakeDirectory, FakeTarget, RecordingNotifier
from tests.unit.approvals.test_authorizer import World, approve

pytestmark = server.needed

TIMES = 40
TWO = ApprovalRule(approvals=2)


@pytest.fixture
async def worlds(postgres: str) -> AsyncGenerator[tuple[World, World]]:
    """Two processes of one bot, as far as the database can tell."""
    async with open_database(postgres) as one, open_database(postgres) as two:
        first, second = (
            World(Store(engine), RecordingNotifier(), FakeTarget(), FakeTarget(name="gpu"), FakeDirectory())
            for engine in (one, two)
        )
        yield first, second


async def test_an_approval_is_for_the_target_that_it_named(worlds: tuple[World, World]):
    one, two = worlds
    seen: set[tuple[str, ...]] = set()
    for number in range(TIMES):
        proposal = await one.open(number)
        both = [
            approve(one.decisions(TWO), proposal, "UA"),
            retarget(two.decisions(TWO), proposal.id, "gpu", "UB"),
        ]
        # Who is begun first is not always who comes first.
        found = await asyncio.gather(*(both if number % 2 else reversed(both)), return_exceptions=True)
        assert all(isinstance(each, Proposal | Outdated) for each in found), found
        after = await one.store.proposals.get(proposal.id)
        assert (after.status, after.target, after.approved_by) == (ProposalStatus.OPEN, "gpu", ())
        assert await bound(one, after) == []
        seen.add(after.voided)
        await approve(two.decisions(TWO), after, "UB")
        assert (await approve(one.decisions(TWO), after, "UA")).status is ProposalStatus.APPROVED
        assert await bound(one, after) == [binding(after, "UB"), binding(after, "UA")]
    assert seen <= {(), ("UA",)}
    assert not (await one.store.audit.verify()).flaws


async def bound(world: World, proposal: Proposal) -> list[str]:
    table = tables.approvals
    of_it = select(table.c.binding).where(table.c.proposal_id == proposal.id).order_by(table.c.given_at)
    async with world.store.approvals._engine.connect() as connection:
        return list((await connection.execute(of_it)).scalars())
