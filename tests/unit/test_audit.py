"""The audit chain: what is recorded, that it can't fork, and that whatever is done to it is found, with the place."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from bot import audit as auditing
from bot.cli import main
from services.approvals.facts import binding
from services.audit import GENESIS, Deed, Event, Examination, Head, Record, canonical, digest
from services.errors import BadRequest
from services.model import Outcome, Verdict
from services.records import Proposal, ProposalStatus, Run, RunStatus, TaskKind, TaskStatus, run_id
from services.runs import RunDesk
from services.store import Store, open_database, tables
from tests import builders
from tests.fakes import FakeTarget, RecordingNarrator, here

EVENTS = st.builds(
    Event,
    st.sampled_from(list(Deed)),
    by=st.text(max_size=8),
    sha256=st.text("0123456789abcdef", max_size=8),
    facts=st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2),
)


def chained(events: list[Event]) -> list[Record]:
    records: list[Record] = []
    for position, event in enumerate(events, 1):
        previous = records[-1].hash if records else GENESIS
        records.append(Record.of(event, position=position, previous=previous, at=float(position)))
    return records


def flaws(records: list[Record], head: Head | None = None, known: tuple[str, ...] = ()) -> list[int]:
    examination = Examination()
    examination.take(records)
    return [flaw.position for flaw in examination.end(head, known).flaws]


few = settings(max_examples=40, deadline=None)
CHAINS = st.lists(EVENTS, min_size=2, max_size=12).map(chained)


def end(records: list[Record]) -> Head:
    return Head(records[-1].position, records[-1].hash)


@few
@given(CHAINS)
def test_what_nobody_touched_is_whole(records: list[Record]):
    assert flaws(records, end(records), (records[0].hash,)) == []


@few
@given(CHAINS, st.data())
def test_a_changed_record_is_found_where_it_is(records: list[Record], data: st.DataObject):
    at = data.draw(st.integers(0, len(records) - 1))
    body = canonical({**records[at].told, "by": "somebody else entirely"})
    changed = [*records[:at], replace(records[at], body=body), *records[at + 1 :]]
    assert flaws(changed, end(records)) == [at + 1]


@few
@given(CHAINS, st.data())
def test_a_record_forged_with_its_hash_breaks_the_next_one(records: list[Record], data: st.DataObject):
    at = data.draw(st.integers(0, len(records) - 1))
    body = canonical({**records[at].told, "by": "somebody else entirely"})
    forged = replace(records[at], body=body, hash=digest(records[at].previous, body))
    changed = [*records[:at], forged, *records[at + 1 :]]
    last = at == len(records) - 1
    assert flaws(changed, end(records)) == [at + 1 if last else at + 2]


@few
@given(CHAINS, st.data())
def test_a_deleted_record_is_missed(records: list[Record], data: st.DataObject):
    at = data.draw(st.integers(0, len(records) - 1))
    last = at == len(records) - 1
    assert flaws(records[:at] + records[at + 1 :], end(records)) == [at + 1 if last else at + 2]


@few
@given(CHAINS, st.data())
def test_records_that_changed_places_are_found(records: list[Record], data: st.DataObject):
    at = data.draw(st.integers(0, len(records) - 2))
    one, two = records[at], records[at + 1]
    swapped = [
        *records[:at],
        replace(two, position=one.position),
        replace(one, position=two.position),
        *records[at + 2 :],
    ]
    assert {at + 1, at + 2} <= set(flaws(swapped, end(records)))


@few
@given(CHAINS)
def test_a_chain_forged_from_its_beginning_lacks_the_hashes_that_were_known(records: list[Record]):
    forged = chained([Event(Deed.ASKED, by="nobody"), *[Event(Deed.ENDED)] * (len(records) - 1)])
    assert flaws(forged, end(forged)) == []
    assert flaws(forged, end(forged), (records[-1].hash,)) == [len(records)]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with open_database(f"sqlite:///{tmp_path / 'raygen.db'}") as engine:
        yield Store(engine)


async def deeds(store: Store) -> list[tuple[str, str]]:
    return [(each.deed, each.told.get("by", "")) async for each in store.audit.records()]


async def story(store: Store) -> Proposal:
    """From a request to its stopped run."""
    proposal = builders.proposal(target="blue", created_at=time.time())
    await store.sessions.ensure(builders.session())
    await store.tasks.add(builders.task(kind=TaskKind.EDIT, code="print(1)"))
    await store.proposals.draft(proposal)
    await store.proposals.move(proposal.id, ProposalStatus.OPEN)
    await store.audit.looked(proposal.id, "ULOOKER", "code")
    await store.approvals.retarget(proposal.id, "red", "UENGINEER")
    runs = RunDesk(store, RecordingNarrator(), here(FakeTarget(name="red")))
    await runs.approve(proposal.id, proposal.program.sha256, "UAPPROVER", "red")
    await store.runs.add(Run.of(await store.proposals.get(proposal.id), approver="UAPPROVER", created_at=1.0))
    await store.runs.move(run_id(proposal.id), RunStatus.RUNNING)
    await store.runs.ask_to_stop(run_id(proposal.id), "USTOPPER")
    await store.runs.end(run_id(proposal.id), Outcome(Verdict.STOPPED))
    return proposal


async def test_every_step_of_a_request_is_recorded_once(store: Store):
    proposal = await story(store)
    before = await deeds(store)
    assert before == [
        ("edited", "UENGINEER"),
        ("shown", ""),
        ("looked", "ULOOKER"),
        ("retargeted", "UENGINEER"),
        ("approved", "UAPPROVER"),
        ("begun", "UAPPROVER"),
        ("submitted", ""),
        ("stop_asked", "USTOPPER"),
        ("ended", ""),
    ]
    assert not await store.proposals.move(proposal.id, ProposalStatus.APPROVED, by="UOTHER")
    assert not await store.tasks.add(builders.task())
    assert not await store.runs.ask_to_stop(run_id(proposal.id), "UOTHER")
    assert await deeds(store) == before
    assert not (await store.audit.verify()).flaws


async def test_an_approval_is_recorded_with_all_that_it_is_bound_to_and_no_words(store: Store):
    proposal = await story(store)
    (approved,) = [each.told async for each in store.audit.records() if each.deed == Deed.APPROVED]
    expected = {
        "by": "UAPPROVER",
        "channel": "CRAY",
        "proposal": proposal.id,
        "sha256": proposal.program.sha256,
        "target": "red",
    }
    assert {name: approved[name] for name in expected} == expected
    bound = await store.proposals.get(proposal.id)
    assert approved["facts"] == {
        "requester": "UENGINEER",
        "binding": binding(bound, "UAPPROVER"),
        "rule": "default",
        "of": "1/1",
    }
    whole = "".join([each.body async for each in store.audit.records()])
    assert "add 1 and 2" not in whole
    assert "print" not in whole


async def test_a_decision_whose_record_can_not_be_written_is_none(store: Store):
    proposal = builders.proposal()
    await store.proposals.draft(proposal)
    await store.proposals.move(proposal.id, ProposalStatus.OPEN)
    async with store.tasks._engine.begin() as connection:
        await connection.execute(text("ALTER TABLE audit RENAME TO gone"))
    with pytest.raises(Exception, match="no such table"):
        await store.proposals.move(proposal.id, ProposalStatus.APPROVED, by="UA")
    assert (await store.proposals.get(proposal.id)).status is ProposalStatus.OPEN


async def test_two_processes_that_append_at_once_make_one_chain(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'raygen.db'}"
    async with open_database(url) as one, open_database(url) as two:
        await both_append(Store(one), Store(two), 24)


async def both_append(one: Store, two: Store, count: int) -> None:
    """Half of the tasks from each."""
    stores = (one, two)
    await asyncio.gather(
        *(stores[number % 2].tasks.add(builders.task(id=f"t_{number}")) for number in range(count))
    )
    found = await one.audit.verify()
    assert (found.count, found.flaws) == (count, ())


@pytest.mark.parametrize("name", ["change", "delete", "delete last", "swap", "insert"])
async def test_verify_says_where_the_database_was_tampered_with(store: Store, tmp_path: Path, name: str):
    await story(store)
    table = tables.audit
    async with store.tasks._engine.begin() as connection:
        rows = {row.position: row for row in await connection.execute(select(table))}
        match name:
            case "change":
                body = rows[5].body.replace("UAPPROVER", "UNOBODY")
                await connection.execute(update(table).where(table.c.position == 5).values(body=body))
            case "delete":
                await connection.execute(delete(table).where(table.c.position == 5))
            case "delete last":
                await connection.execute(delete(table).where(table.c.position == 9))
            case "swap":
                for here, there in ((4, 5), (5, 4)):
                    values = {"body": rows[there].body, "hash": rows[there].hash}
                    await connection.execute(update(table).where(table.c.position == here).values(**values))
            case _:
                forged = Record.of(Event(Deed.ENDED), position=10, previous=rows[9].hash, at=time.time())
                values = {"body": forged.body, "previous": forged.previous, "hash": forged.hash}
                await connection.execute(table.insert().values(position=10, **values))
    where = {"change": [5], "delete": [6], "delete last": [9], "swap": [4, 4, 5, 5, 6], "insert": [10]}
    found = await store.audit.verify()
    assert sorted({flaw.position for flaw in found.flaws}) == sorted(set(where[name])), found.flaws
    result = await asyncio.to_thread(command, tmp_path, "verify")
    assert result.exit_code == 1
    assert f"record {found.flaws[0].position}: {found.flaws[0].sentence}" in result.output


def command(folder: Path, *words: str):
    env = {"RAYGEN_DATABASE_URL": f"sqlite:///{folder / 'raygen.db'}"}
    return CliRunner().invoke(main, ["audit", *words], env=env)


async def test_what_was_exported_can_be_verified_without_the_database(store: Store, tmp_path: Path):
    await story(store)
    exported = (await asyncio.to_thread(command, tmp_path, "export")).output
    lines = exported.splitlines()
    assert len(lines) == 9
    last = json.loads(lines[-1])["hash"]
    assert not auditing.verified_export(lines[3:], [last]).flaws
    tampered = [line.replace("UAPPROVER", "UNOBODY") if '"approved"' in line else line for line in lines]
    assert [flaw.position for flaw in auditing.verified_export(tampered, []).flaws] == [5]
    with pytest.raises(BadRequest, match="Line 1 is no record"):
        auditing.verified_export(["{}"], [])
    result = await asyncio.to_thread(command, tmp_path, "verify", "--known", last)
    assert (result.exit_code, last in result.output) == (0, True)
    assert (await asyncio.to_thread(command, tmp_path, "export", "--since", "2999-01-01")).output == ""


async def test_records_outlive_what_they_tell_of(store: Store):
    await story(store)
    await store.tasks.move("t_1", TaskStatus.CANCELLED, by="UENGINEER")
    assert (await store.retention.drop(time.time() + 10)).tasks == 1
    found = await store.audit.verify()
    assert (found.count, found.flaws) == (10, ())
