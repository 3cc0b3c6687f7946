"""The audit chain: what is recorded, that it can't fork, and that whatever is done to it is found, with the place."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.cli import main
from bot.reports import audit as auditing
from services.domain.entities import (
    Proposal,
    ProposalStatus,
    Run,
    RunStatus,
    TaskKind,
    TaskStatus,
    run_id,
)
from services.domain.errors import BadRequest
from services.domain.program_facts import binding
from services.domain.values import Outcome, Spent, Verdict
from services.security.audit_chain import (
    GENESIS,
    AuditAction,
    AuditRecord,
    Event,
    Examination,
    Head,
    Verified,
    canonical,
    digest,
)
from services.store import Store, open_database, tables
from tests import builders
from tests.databases import database
from tests.deciding import approve, deciding
from tests.fakes import FakeTarget, RecordingNotifier, approving, here

EVENTS = st.builds(
    Event,
    st.sampled_from(list(AuditAction)),
    by=st.text(max_size=8),
    sha256=st.text("0123456789abcdef", max_size=8),
    facts=st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2),
)


def chained(events: list[Event]) -> list[AuditRecord]:
    records: list[AuditRecord] = []
    for position, event in enumerate(events, 1):
        previous = records[-1].hash if records else GENESIS
        records.append(AuditRecord.of(event, position=position, previous=previous, at=float(position)))
    return records


def flaws(records: list[AuditRecord], head: Head | None = None) -> list[int]:
    examination = Examination()
    examination.take(records)
    return [flaw.position for flaw in examination.end(head).flaws]


def found(records: list[AuditRecord], *expect: str) -> Verified:
    examination = Examination(expect=expect)
    examination.take(records)
    return examination.end(end(records) if records else None)


few = settings(max_examples=40, deadline=None)
CHAINS = st.lists(EVENTS, min_size=2, max_size=12).map(chained)


def end(records: list[AuditRecord]) -> Head:
    return Head(records[-1].position, records[-1].hash)


@few
@given(CHAINS)
def test_what_nobody_touched_is_whole(records: list[AuditRecord]):
    assert flaws(records, end(records)) == []
    assert found(records, records[0].hash, records[-1].hash[:12]).whole


@few
@given(CHAINS, st.data())
def test_a_changed_record_is_found_where_it_is(records: list[AuditRecord], data: st.DataObject):
    at = data.draw(st.integers(0, len(records) - 1))
    body = canonical({**records[at].fields, "by": "somebody else entirely"})
    changed = [*records[:at], replace(records[at], body=body), *records[at + 1 :]]
    assert flaws(changed, end(records)) == [at + 1]


@few
@given(CHAINS, st.data())
def test_a_record_forged_with_its_hash_breaks_the_next_one(records: list[AuditRecord], data: st.DataObject):
    at = data.draw(st.integers(0, len(records) - 1))
    body = canonical({**records[at].fields, "by": "somebody else entirely"})
    forged = replace(records[at], body=body, hash=digest(records[at].previous, body))
    changed = [*records[:at], forged, *records[at + 1 :]]
    last = at == len(records) - 1
    assert flaws(changed, end(records)) == [at + 1 if last else at + 2]


@few
@given(CHAINS, st.data())
def test_a_deleted_record_is_missed(records: list[AuditRecord], data: st.DataObject):
    at = data.draw(st.integers(0, len(records) - 1))
    last = at == len(records) - 1
    assert flaws(records[:at] + records[at + 1 :], end(records)) == [at + 1 if last else at + 2]


@few
@given(CHAINS, st.data())
def test_records_that_changed_places_are_found(records: list[AuditRecord], data: st.DataObject):
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
def test_a_chain_forged_from_its_beginning_lacks_the_hashes_that_were_known(records: list[AuditRecord]):
    forged = chained(
        [Event(AuditAction.ASKED, by="nobody"), *[Event(AuditAction.ENDED)] * (len(records) - 1)]
    )
    assert flaws(forged, end(forged)) == []
    assert not found(forged, records[-1].hash).whole
    assert found(forged, records[-1].hash, forged[1].hash).expected == (
        (records[-1].hash, None),
        (forged[1].hash, 2),
    )


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with open_database(database(tmp_path)) as engine:
        yield Store(engine)


async def actions(store: Store) -> list[tuple[str, str]]:
    return [(each.action, each.fields.get("by", "")) async for each in store.audit.records()]


async def story(store: Store) -> Proposal:
    """From a request to its stopped run."""
    proposal = builders.proposal(target="blue", created_at=time.time())
    await store.sessions.ensure(builders.session())
    await store.tasks.add(builders.task(kind=TaskKind.EDIT, code="print(1)"))
    await store.proposals.draft(proposal)
    await store.proposals.move(proposal.id, ProposalStatus.OPEN)
    await store.audit.looked(proposal.id, "ULOOKER", "code")
    await store.approvals.retarget(proposal.id, "red", "UENGINEER")
    decisions = deciding(store, RecordingNotifier(), here(FakeTarget(name="red")), approving(store))
    approved = await approve(decisions, proposal.id, "UAPPROVER", target="red")
    begun = Run.of(approved, approver="UAPPROVER", created_at=1.0)
    await store.runs.add(begun, approved, builders.session())
    await store.runs.move(run_id(proposal.id), RunStatus.RUNNING)
    await store.runs.ask_to_stop(run_id(proposal.id), "USTOPPER")
    await store.runs.end(run_id(proposal.id), Outcome(verdict=Verdict.STOPPED))
    return proposal


async def test_every_step_of_a_request_is_recorded_once(store: Store):
    proposal = await story(store)
    before = await actions(store)
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
    assert await actions(store) == before
    assert not (await store.audit.verify()).flaws


async def test_an_approval_is_recorded_with_all_that_it_is_bound_to_and_no_words(store: Store):
    proposal = await story(store)
    (approved,) = [each.fields async for each in store.audit.records() if each.action == AuditAction.APPROVED]
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
                forged = AuditRecord.of(
                    Event(AuditAction.ENDED), position=10, previous=rows[9].hash, at=time.time()
                )
                values = {"body": forged.body, "previous": forged.previous, "hash": forged.hash}
                await connection.execute(table.insert().values(position=10, **values))
    where = {"change": [5], "delete": [6], "delete last": [9], "swap": [4, 4, 5, 5, 6], "insert": [10]}
    found = await store.audit.verify()
    places = {flaw.position for flaw in found.flaws if flaw.position}
    assert sorted(places) == sorted(set(where[name])), found.flaws
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
    with pytest.raises(BadRequest, match="Line 1 isn't a record"):
        auditing.verified_export(["{}"], [])
    result = await asyncio.to_thread(command, tmp_path, "verify", "--expect", last)
    assert result.exit_code == 0
    assert f"The hash {last} belongs to the latest record, 9." in result.output
    assert (await asyncio.to_thread(command, tmp_path, "export", "--since", "2999-01-01")).output == ""


async def test_records_outlive_what_they_tell_of(store: Store):
    await story(store)
    await store.tasks.move("t_1", TaskStatus.CANCELLED, by="UENGINEER")
    assert (await store.retention.drop(time.time() + 10)).tasks == 1
    found = await store.audit.verify()
    assert (found.count, found.flaws) == (10, ())


async def replaced(engine: AsyncEngine, records: list[AuditRecord], *, heads: bool = True) -> None:
    """The whole chain by another one; `heads` is whether its noted end is made to fit."""
    async with engine.begin() as connection:
        await connection.execute(delete(tables.audit))
        for each in records:
            values = {
                "position": each.position,
                "body": each.body,
                "previous": each.previous,
                "hash": each.hash,
            }
            await connection.execute(tables.audit.insert().values(**values))
        if heads:
            last = Head(records[-1].position, records[-1].hash) if records else Head(0, GENESIS)
            await connection.execute(
                update(tables.audit_head).values(position=last.position, hash=last.hash, announced=None)
            )


def rechained(bodies: list[dict[str, Any]]) -> list[AuditRecord]:
    """Records of these contents, with positions and hashes that fit each other."""
    records: list[AuditRecord] = []
    for position, body in enumerate(bodies, 1):
        previous = records[-1].hash if records else GENESIS
        text = canonical({**body, "position": position})
        records.append(AuditRecord(position, text, previous, digest(previous, text)))
    return records


async def whole_story(store: Store) -> list[AuditRecord]:
    """A story with everything that the database knows: a stopped run, another proposal by two people, a grant, a rejection."""
    await story(store)
    await store.tasks.add(builders.task(id="t_2"))
    await store.tasks.move("t_2", TaskStatus.CANCELLED, by="UENGINEER")
    for number, status in (
        (3, ProposalStatus.EXPIRED),
        (4, ProposalStatus.SUPERSEDED),
        (5, ProposalStatus.DISMISSED),
    ):
        await store.tasks.add(builders.task(id=f"t_{number}"))
        proposal = builders.proposal(id=f"p_{number}", task_id=f"t_{number}", created_at=time.time())
        await store.proposals.draft(proposal)
        await store.proposals.move(proposal.id, ProposalStatus.OPEN)
        by = "UDISMISSER" if status is ProposalStatus.DISMISSED else None
        await store.proposals.move(proposal.id, status, by=by, reason="not now" if by else "")
    return [each async for each in store.audit.records()]


# Of these the other tables hold nothing, so that only a hash kept elsewhere tells that one was taken out.
FORGED: dict[str, Any] = {"action": "ended", "run": "forged", "at": 1.0}
UNTRACED = {"looked", "retargeted", "submitted"}


async def test_an_emptied_chain_is_found(store: Store, tmp_path: Path):
    await whole_story(store)
    engine = store.tasks._engine
    assert (await store.audit.verify()).whole
    await replaced(engine, [])
    found = await store.audit.verify()
    assert not found.whole
    sentences = {flaw.sentence for flaw in found.flaws}
    assert "no record says that UENGINEER requested task t_1 with this text" in sentences
    assert "no record says that proposal p_5 was rejected by UDISMISSER" in sentences
    assert any(
        each.startswith("no record says that UAPPROVER approved proposal p_1 with code") for each in sentences
    )
    async with engine.begin() as connection:
        await connection.execute(delete(tables.audit_head))
    assert {flaw.sentence for flaw in (await store.audit.verify()).flaws} == sentences
    result = await asyncio.to_thread(command, tmp_path, "verify")
    assert result.exit_code == 1
    assert "The audit log isn't intact: " in result.output


async def test_whatever_is_done_to_the_chain_is_found(store: Store):
    """Every single deletion, cut, swap and edit, with all hashes and the noted end made to fit."""
    records = await whole_story(store)
    engine, newest = store.tasks._engine, records[-1].hash
    bodies = [{**each.fields} for each in records]
    actions = [str(each["action"]) for each in bodies]
    tampered: list[tuple[list[dict[str, Any]], bool]] = []
    for at in range(len(bodies)):
        cut = actions[at:]
        tampered.append((bodies[:at], any(deed not in UNTRACED for deed in cut)))
        tampered.append(([*bodies[:at], *bodies[at + 1 :]], actions[at] not in UNTRACED))
        by = bool(bodies[at].get("by")) and actions[at] not in {*UNTRACED, "cancelled"}
        tampered.append(([*bodies[:at], {**bodies[at], "by": "UFORGER"}, *bodies[at + 1 :]], by))
        if at:
            swapped = [*bodies[: at - 1], bodies[at], bodies[at - 1], *bodies[at + 1 :]]
            tampered.append((swapped, False))
    for changed, known in tampered:
        await replaced(engine, rechained(changed))
        assert not (await store.audit.verify([newest])).whole, changed
        if known:
            assert not (await store.audit.verify()).whole, changed
    await replaced(engine, records)
    assert (await store.audit.verify([newest])).whole


@settings(max_examples=40, deadline=None)
@given(CHAINS, st.data())
def test_any_number_of_forgeries_lacks_the_newest_hash(records: list[AuditRecord], data: st.DataObject):
    bodies = [each.fields for each in records]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, max(len(bodies) - 1, 0)))
        match data.draw(st.sampled_from(["cut", "delete", "edit", "swap", "add"])):
            case "cut":
                bodies = bodies[:at]
            case "delete":
                bodies = [*bodies[:at], *bodies[at + 1 :]]
            case "edit":
                bodies = [*bodies[:at], FORGED, *bodies[at + 1 :]]
            case "swap":
                bodies = [*bodies[:at][::-1], *bodies[at:]]
            case _:
                bodies = [*bodies[:at], FORGED, *bodies[at:]]
    forged = rechained(bodies)
    same = [each.body for each in forged[: len(records)]] == [each.body for each in records]
    assert found(forged, records[-1].hash).whole == same


async def test_a_decision_that_the_database_was_made_to_hold_is_found(store: Store):
    await whole_story(store)
    table = tables.proposals
    async with store.tasks._engine.begin() as connection:
        forged = {"status": "approved", "decided_by": "UFORGER", "decided_at": 1.0}
        await connection.execute(update(table).where(table.c.id == "p_3").values(**forged))
    (flaw,) = (await store.audit.verify()).flaws
    assert flaw.position == 0
    assert flaw.sentence.startswith("no record says that UFORGER approved proposal p_3 with code")


async def test_what_retention_deletes_is_not_missed(store: Store):
    records = await whole_story(store)
    for number in (1, 3, 4, 5):
        await store.tasks.move(f"t_{number}", TaskStatus.WORKING)
        await store.tasks.move(f"t_{number}", TaskStatus.PROPOSED)
    assert (await store.retention.drop(time.time() + 10)).tasks == 5
    assert (await store.audit.verify([records[-1].hash])).whole


async def test_usage_still_proves_a_request_after_retention(store: Store):
    await store.tasks.add(builders.task(status=TaskStatus.ANSWERED))
    await store.spendings.put(builders.task(), "CRAY", TaskStatus.ANSWERED, Spent(calls=1, input=1))
    assert (await store.retention.drop(time.time() + 10)).tasks == 1
    assert (await store.audit.verify()).whole
    await replaced(store.tasks._engine, [])
    assert [flaw.sentence for flaw in (await store.audit.verify()).flaws] == [
        "no record says that task t_1 was requested"
    ]


async def test_a_chain_shorter_than_the_posted_one_is_found(store: Store):
    records = await whole_story(store)
    await store.posts.intend(f"audit:{len(records)}:CAUDIT", "CAUDIT", "")
    assert (await store.audit.verify()).whole
    cut = records[:2]
    await replaced(store.tasks._engine, cut)
    sentences = [flaw.sentence for flaw in (await store.audit.verify()).flaws]
    assert f"the audit channel has record {len(records)}, but the chain ends with record 2" in sentences


async def test_an_expected_hash_is_placed_in_the_chain(store: Store, tmp_path: Path):
    records = await whole_story(store)
    count, second, newest = len(records), records[1].hash, records[-1].hash
    expected = {
        newest: (0, f"The hash {newest} belongs to the latest record, {count}."),
        newest[:12]: (0, f"The hash {newest[:12]} belongs to the latest record, {count}."),
        second[:20].upper() + "…": (0, f"The hash {second[:20]} belongs to record 2 of {count}."),
        "0" * 64: (1, f"The hash {'0' * 64} isn't in the log: records were changed or removed."),
    }
    for known, (status, sentence) in expected.items():
        result = await asyncio.to_thread(command, tmp_path, "verify", "--expect", known)
        assert (result.exit_code, sentence in result.output) == (status, True), result.output
    for wrong in ("", "abc", "0" * 11, "0" * 65, "x" * 64, "--"):
        result = await asyncio.to_thread(command, tmp_path, "verify", f"--expect={wrong}")
        assert result.exit_code == 1
        assert "isn't a record's hash" in result.output
    for file, sentence in (("", "the file contains no records"), ("\n\n", "the file contains no records")):
        path = tmp_path / "empty.jsonl"
        path.write_text(file, encoding="utf-8")
        result = await asyncio.to_thread(command, tmp_path, "verify", str(path))
        assert (result.exit_code, sentence in result.output) == (1, True)


async def test_a_new_database_is_whole(store: Store, tmp_path: Path):
    assert (await store.audit.verify()).whole
    result = await asyncio.to_thread(command, tmp_path, "verify")
    assert result.exit_code == 0
    assert "The audit log is empty: no requests have been made yet." in result.output
