"""What a person may see of the past, and how a subcommand is distinguished from a request."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.playground.slack.blockkit import check
from bot.playground.slack.rules import Rules
from bot.reports import export
from handlers.blocks import history as blocks
from handlers.blocks.primitives import Message
from handlers.payloads import parse
from services.domain.entities import ProposalStatus, Run, RunStatus, TaskStatus, run_id
from services.domain.errors import BadRequest
from services.domain.summaries import Sum
from services.domain.values import Failure, Outcome, Program, Spent, Verdict
from services.store import Store, open_database
from services.usecases.history import RunHistory
from services.usecases.requests import Request
from tests import builders
from tests.databases import database
from tests.fakes import FakeDirectory, approving, permissions

NAMES = {"help", "history", "show", "rerun", "status", "usage"}
EVIL = "<!channel> <@UADMIN> `x` *b* & \x1b[31m"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with open_database(database(tmp_path)) as engine:
        yield Store(engine)


async def ran(
    store: Store, name: str, *, user: str = "UA", channel: str = "C1", outcome: Outcome | None = None
) -> str:
    """A request whose program was approved by UB and runs, or has run; the run's ID."""
    session = builders.session(id=f"s_{channel}", channel=channel, thread_ts="5.5")
    proposal = builders.proposal(
        id=f"p_{name}", task_id=f"t_{name}", session_id=session.id, requester=user, created_at=0.0
    )
    await store.sessions.ensure(session)
    await store.tasks.add(builders.proposed_task(id=f"t_{name}", session_id=session.id, user=user))
    await store.proposals.draft(proposal)
    await store.proposals.move(proposal.id, ProposalStatus.OPEN)
    await store.proposals.move(proposal.id, ProposalStatus.APPROVED, by="UB")
    await store.runs.add(
        Run.of(proposal, approver="UB", created_at=float(len(name))), proposal, builders.session()
    )
    if outcome:
        await store.runs.end(run_id(proposal.id), outcome)
    return run_id(proposal.id)


def history(store: Store, **members: set[str]) -> RunHistory:
    directory = FakeDirectory(channels={name: frozenset(users) for name, users in members.items()})
    return RunHistory(store=store, permissions=permissions(store, approving(store, directory=directory)))


def acceptable(message: Message) -> str:
    check.message_blocks(message.blocks, Rules())
    text = json.dumps(message.blocks, ensure_ascii=False)
    assert message.text
    return text


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("", ("help", "")),
        ("help", ("help", "")),
        ("History", ("history", "")),
        ("history please", ("history", "please")),
        ("show 3f2a", ("show", "3f2a")),
        ("rerun", ("rerun", "")),
        ("histroy", ("histroy", "")),
        ("Rerum", ("rerum", "")),
        ("primes", None),
        ("shaw me", None),
        ("show me primes below 100", None),
        ("history of mathematics as word counts", None),
        ("estimate pi", None),
    ],
)
def test_a_subcommand_is_its_name_with_at_most_one_word(text: str, order: tuple[str, str] | None):
    found = parse.order(Request("c", text, "UA", "C1", ""), NAMES)
    assert (found and (found.name, found.argument)) == order


async def test_a_run_is_found_by_the_start_of_its_id_where_it_may_be_seen(store: Store):
    await ran(store, "ab12", outcome=builders.passed())
    await ran(store, "ab34", channel="C2", outcome=builders.passed())
    here = history(store, C1={"UA", "UC"}, C2={"UB"})
    for name in ("ab", "AB12", "raygen-ab12", "`ab12`"):
        assert (await here.run(name, "UC")).run.id == "raygen-ab12"
    assert (await here.run("a", "UB")).run.id == "raygen-ab34"


@pytest.mark.parametrize("name", ["zz", "%", "_", "ab34", "raygen-", "a'b", "a" * 99])
async def test_what_may_not_be_seen_is_as_if_it_were_not_there(store: Store, name: str):
    await ran(store, "ab12")
    await ran(store, "ab34", channel="C2")
    with pytest.raises(BadRequest, match=r"No run that you can see|That isn't a run ID"):
        await history(store, C1={"UA"}).run(name, "UA")


async def test_an_id_that_fits_several_runs_is_asked_for_more_of_it(store: Store):
    await ran(store, "ab12")
    await ran(store, "ab34")
    with pytest.raises(BadRequest, match="More than one run starts with `ab`"):
        await history(store, C1={"UA"}).run("ab", "UA")


async def test_a_history_has_what_somebody_asked_for_and_what_they_approved_where_they_are(store: Store):
    await ran(store, "1", user="UA")
    await ran(store, "2", user="UC", channel="C2")
    await ran(store, "3", user="UC", channel="C3")
    here = history(store, C3={"UB"})
    assert [each.task_id for each in await here.latest("UB")] == ["t_3"]
    assert [each.task_id for each in await here.latest("UA")] == ["t_1"]
    assert await here.latest("UNOBODY") == []


async def test_what_is_under_way_is_open_requests_and_runs_that_have_not_ended(store: Store):
    await ran(store, "1")
    await ran(store, "2", outcome=builders.passed())
    await store.tasks.add(builders.task(id="t_3", session_id="s_C1", user="UA", status=TaskStatus.WORKING))
    found = await history(store).under_way("UA")
    assert [each.task_id for each in found] == ["t_1", "t_3"]
    message = blocks.under_way(found, {"s_C1": "https://x.slack.com/a"})
    assert acceptable(message).count("<https://x.slack.com/a|thread>") == 2
    assert [each["accessory"]["value"] for each in message.blocks[1:]] == ["raygen-1", "t_3"]


async def test_usage_is_of_one_person(store: Store):
    spent = Spent(calls=2, input=900, output=100, money=0.5, seconds=3.0, models=("m",), attempts=1)
    for name, user in (("1", "UA"), ("2", "UB")):
        await store.spendings.put(builders.task(id=name, user=user), "C1", TaskStatus.PROPOSED, spent)
    assert [(each.name, each.tasks) for each in await history(store).usage("UA")] == [("m", 1)]


@pytest.mark.parametrize(
    "outcome",
    [
        None,
        builders.passed(stdout=EVIL * 2000, value=EVIL * 50),
        builders.passed(stdout=""),
        Outcome(verdict=Verdict.FAILED, failure=Failure("ValueError", EVIL), exit_code=1),
        Outcome(verdict=Verdict.STOPPED),
        Outcome(verdict=Verdict.UNAVAILABLE, detail=EVIL),
    ],
)
async def test_slack_accepts_all_messages_of_a_run(store: Store, outcome: Outcome | None):
    name = await ran(store, "ab12", outcome=outcome)
    here = history(store, C1={"UA"})
    past = await here.run(name, "UA")
    program = Program(EVIL * 9, EVIL, "# `code`\n" * 5000)
    entry = replace(past.entry, program=program)
    past = replace(past, entry=entry, proposal=replace(past.proposal, program=program))
    for message in (
        blocks.run(past, "https://x.slack.com/a"),
        blocks.latest([entry] * 10, {}),
        blocks.proposed_again(past, ""),
    ):
        markup = [
            text for block in message.blocks if block["type"] != "rich_text" for text in [json.dumps(block)]
        ]
        assert "<!channel>" not in "".join(markup)
        acceptable(message)
    assert program.sha256 in acceptable(blocks.run(past, ""))


def test_slack_takes_empty_answers_and_sums():
    for message in (
        blocks.latest([], {}),
        blocks.under_way([], {}),
        blocks.usage([]),
        blocks.usage([Sum(EVIL, 1, 2, 3, 4, 5, None, 1, 9.0)] * 30),
    ):
        acceptable(message)


async def test_an_export_has_every_run_in_order_and_its_code_only_if_asked(store: Store):
    for number in range(7):
        await ran(store, "a" * (number + 1), outcome=builders.passed() if number else None)
    found = [each async for each in store.entries.all_runs()]
    assert [len(each.ran.id) for each in found if each.ran] == [len("raygen-") + n for n in range(1, 8)]
    assert [each async for each in store.entries.all_runs(since=7.5)] == []
    first, last = export.exported(found[0], code=False), export.exported(found[-1], code=True)
    assert (first["verdict"], first["status"], first["ended_at"]) == (None, str(RunStatus.STARTING), None)
    assert (last["verdict"], last["requester"], last["approver"]) == ("passed", "UA", "UB")
    assert last["code"] == builders.ADD.code
    assert "code" not in first
    assert json.loads(json.dumps(last)) == last
    assert last["sha256"] == builders.ADD.sha256
