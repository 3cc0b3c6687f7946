"""A task with secrets in its request, its program and its output, over Slack's protocol: none is posted, kept or logged."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.playground.slack.rules import Rules
from bot.playground.slack.server import SlackStandIn
from bot.runtime import logs
from handlers.messaging.audit_channel import AuditChannel
from handlers.messaging.courier import open_courier
from handlers.messaging.streams import open_cards
from services.domain.entities import ProposalStatus, Session, Task, run_id
from services.domain.provisions import BoundSecret, Provisions
from services.domain.values import Artifact, Failure, Outcome, PolicyReport, Verdict
from services.execution.interface import Finished, Output
from services.observability import incidents
from services.runs.provisions import RunProvisions
from services.runs.steps import RunSteps
from services.secrets.configured import ConfiguredSecrets
from services.secrets.interface import EnvironmentVariable, Secret
from services.store import Store, open_database, tables
from services.supervisor.agent import Supervisor
from services.supervisor.generator import Generator
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from services.tasks.steps import TaskSteps
from services.usecases import UseCases
from services.usecases.requests import Request
from tests import builders
from tests.contract.slack.people import People, client_at, people_at
from tests.databases import database
from tests.deciding import deciding, run_steps, use_cases
from tests.fakes import FakeTarget, FakeValidator, approving, here, permissions
from tests.notifiers import slack_notifier
from tests.standins.scripted_model import ScriptedModel, calls, says
from tests.waiting import PATIENCE

ASKED = "xox" + "b-123456789012-fromtheprompt"
WRITTEN = "gh" + "p_fromthecode0fromthecode0fromthecode0"
PRINTED = "sk-" + "ant-api03-fromtheoutput-fromtheoutput"
WORDS = f"print {'my'} name"
CODE = f'TOKEN = "{WRITTEN}"\nprint(TOKEN)\n'


@dataclass
class Direct:
    """Takes the place of the workflows: does each step at once."""

    tasks: TaskSteps
    runs: RunSteps

    async def begin_task(self, task: Task, session: Session) -> None:
        await self.tasks.accept(task, session)
        await self.tasks.open(task.id)
        await self.tasks.wait_for_turn(task.id)
        await self.tasks.conclude(task.id, await self.tasks.work(task.id))

    async def begin_run(self, proposal_id: str) -> None:
        for step in (self.runs.open, self.runs.submit, self.runs.follow, self.runs.close):
            await step(proposal_id)


@dataclass
class World:
    people: People
    slack: SlackStandIn
    store: Store
    use_cases: UseCases
    target: FakeTarget
    log: io.StringIO
    announcer: AuditChannel

    async def posted(self) -> str:
        """All that the bot has said, in both channels, and the files it has put there."""
        reported = [await self.people.messages(channel) for channel in ("CRAY", "CGENERAL")]
        files = self.slack.state.files
        held = [(files.body(name) or b"").decode(errors="replace") for name in files.all]
        return json.dumps(reported, ensure_ascii=False) + "\n".join(held)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    slack, log = SlackStandIn(rules=Rules(ack_timeout=PATIENCE)), io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(logs.Json())
    root = logging.getLogger()
    root.addHandler(handler)
    # Libraries log, too, even where an earlier test has made them quiet.
    levels = {logger: logger.level for logger in (root, *map(logging.getLogger, logs._LOUD))}
    for logger in levels:
        logger.setLevel(logging.DEBUG)
    async with (
        slack.serve() as url,
        people_at(url) as people,
        open_database(database(tmp_path)) as engine,
    ):
        client, store, target = client_at(slack.api_url), Store(engine), FakeTarget()
        async with (
            open_courier(client, store.posts) as courier,
            open_cards(client, courier, store.posts) as cards,
        ):
            approvals = approving(store)
            notifier = slack_notifier(store, courier, cards, here(target))
            draft = calls("submit_program", title=f"Print {WRITTEN}", purpose=f"Prints {PRINTED}.", code=CODE)
            outcome = builders.passed(
                stdout=f"{PRINTED}\n{WRITTEN}\n",
                value=PRINTED,
                artifacts=(Artifact("left.yaml", "application/yaml", PRINTED.encode()),),
            )
            target.events = [Output(f"{PRINTED}\n"), Finished(outcome)]
            workshop = Workshop(
                Generator(ScriptedModel([draft]), Profile("g")),
                lambda _: PolicyReport(),
                FakeValidator([outcome]),
            )
            words = [calls("write_program", request="x"), says(f"It prints {PRINTED}.")]
            allowed = permissions(store, approvals)
            supervisor = Supervisor(ScriptedModel(words), workshop, "s")
            tasks = TaskSteps(store, notifier, supervisor, workshop, here(target), permissions=allowed)
            decisions = deciding(store, notifier, here(target), approvals)
            known = ConfiguredSecrets([Secret(name="TEAM_KEY", source=EnvironmentVariable("PLANTED"))])
            runs = run_steps(decisions, RunProvisions(secrets=known))
            flows = Direct(tasks, runs)
            cases = use_cases(decisions, workflows=flows, tasks=tasks, steps=runs, permissions=allowed)
            announcer = AuditChannel(courier, store.audit, "CGENERAL")
            try:
                yield World(people, slack, store, cases, target, log, announcer)
            finally:
                root.removeHandler(handler)
                for logger, level in levels.items():
                    logger.setLevel(level)


async def rows(store: Store) -> dict[str, str]:
    """All that is kept, by table and column."""
    kept: dict[str, str] = {}
    async with store.tasks._engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            for row in await connection.execute(select(table)):
                for name, value in row._mapping.items():
                    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                    kept[f"{table.name}.{name}"] = kept.get(f"{table.name}.{name}", "") + text
    return kept


async def test_no_secret_is_posted_kept_or_logged_and_the_program_runs_as_it_was_written(
    world: World, tmp_path: Path
):
    await world.announcer.tell()
    await world.use_cases.requests.ask(
        Request("cause", f"use {ASKED} to print", "UENGINEER", "CRAY", "", "T1")
    )
    (proposal,) = await world.store.proposals.of_session((await first_task(world.store)).session_id)
    assert proposal.program.code == CODE
    await world.use_cases.runs.hand_out_code(proposal.id, "UENGINEER")
    await world.use_cases.proposals.approve(
        proposal.id, digest=proposal.program.sha256, target=proposal.target, user="UENGINEER"
    )
    await world.announcer.tell()
    assert world.target.jobs[run_id(proposal.id)].code == CODE, "what runs is what was approved"

    logged = world.log.getvalue()
    assert logged, "something is logged at this level"
    posted = await world.posted()
    for secret in (ASKED, WRITTEN, PRINTED):
        assert secret not in posted
        assert secret not in logged
    for kind in ("Slack token", "GitHub token", "Anthropic key"):
        assert f"[masked: {kind}]" in posted
    assert "Possible secrets are masked here: GitHub token. The program that runs is unchanged." in posted
    assert 'TOKEN = \\"[masked: GitHub token]' in posted
    assert "Possible secrets are masked in this file: Anthropic key." in posted

    kept = await rows(world.store)
    holding = {name for name, text in kept.items() if any(s in text for s in (ASKED, WRITTEN, PRINTED))}
    assert holding == {"proposals.program"}, "the program is kept as it runs; nothing else holds a secret"
    assert not any(s in kept["proposals.program"] for s in (ASKED, PRINTED))
    whole = b"".join(file.read_bytes() for file in await asyncio.to_thread(list, tmp_path.glob("raygen.db*")))
    assert ASKED.encode() not in whole
    assert PRINTED.encode() not in whole


async def test_a_secret_in_the_reason_of_a_rejection_is_neither_posted_nor_kept(world: World):
    await world.use_cases.requests.ask(Request("cause", "print", "UENGINEER", "CRAY", "", "T1"))
    (proposal,) = await world.store.proposals.of_session((await first_task(world.store)).session_id)
    await world.use_cases.proposals.reject(proposal.id, f"It shows {ASKED}, which is mine.", "UENGINEER")
    rejected = await world.store.proposals.get(proposal.id)
    assert rejected.reason == "It shows [masked: Slack token], which is mine."
    assert ASKED not in await world.posted()
    assert "[masked: Slack token]" in await world.posted()
    assert not [name for name, text in (await rows(world.store)).items() if ASKED in text]


async def first_task(store: Store) -> Task:
    async with store._engine.connect() as connection:
        task_id = (await connection.execute(select(tables.tasks.c.id))).scalar_one()
    return await store.tasks.get(task_id)


async def test_what_was_decided_and_run_is_reported_to_the_audit_channel_once(world: World):
    await world.announcer.tell()
    await world.use_cases.requests.ask(Request("cause", "print", "UENGINEER", "CRAY", "", "T1"))
    (proposal,) = await world.store.proposals.of_session((await first_task(world.store)).session_id)
    await world.use_cases.proposals.approve(
        proposal.id, digest=proposal.program.sha256, target=proposal.target, user="UENGINEER"
    )
    for _ in range(2):
        await asyncio.gather(world.announcer.tell(), world.announcer.tell())
    reported = [each["text"] for each in await world.people.messages("CGENERAL") if each.get("bot_id")]
    assert [text.partition("*")[2].partition("*")[0] for text in reported] == [
        "Approved",
        "Run started",
        "Run ended",
    ]
    assert all(f"code `{proposal.program.sha256[:12]}`" in text for text in reported)
    assert "by `UENGINEER`" in reported[0]
    assert "<@" not in "".join(reported), "nobody is notified"
    records = [each async for each in world.store.audit.records()]
    shown = json.dumps(await world.people.messages("CGENERAL"))
    assert sum(each.hash in shown for each in records) == 3


def test_an_incident_is_logged_with_its_id_and_without_anybodys_words():
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(logs.Json())
    logger = logging.getLogger("services.observability.incidents")
    logger.addHandler(handler)
    try:
        sentence = _reported(ValueError(f"the request “{WORDS}” with {ASKED}"))
        incident = sentence.rpartition(" ")[2].rstrip(".")
        handler.setFormatter(logs.Json(text=True))
        _reported(ValueError(f"the request “{WORDS}” with {ASKED}"))
    finally:
        logger.removeHandler(handler)
    quiet, loud = map(json.loads, log.getvalue().splitlines())
    assert quiet["incident"] == incident
    assert quiet["level"] == "error"
    assert "in _reported" in quiet["exception"]
    assert "KeyError" in quiet["exception"], "what led to it is reported, too"
    assert "my name" not in json.dumps(quiet)
    assert "“print my name” with [masked: Slack token]" in loud["exception"]


def _reported(error: Exception) -> str:
    try:
        try:
            raise KeyError(WORDS)  # noqa: TRY301  # it has to be under way
        except KeyError as before:
            raise error from before
    except ValueError as caught:
        return incidents.sentence(caught)


def test_what_a_library_has_put_into_its_message_is_left_out():
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(logs.Json())
    logger = logging.getLogger("dbos")
    logger.addHandler(handler)
    try:
        _log_as_libraries_do(logger, ValueError(WORDS))
        handler.setFormatter(logs.Json(text=True))
        _log_as_libraries_do(logger, ValueError(WORDS))
    finally:
        logger.removeHandler(handler)
    reported = [json.loads(line)["message"] for line in log.getvalue().splitlines()]
    place = "test_redaction._log_as_libraries_do, line"
    left_out = "(its words are left out; RAYGEN_LOG_TEXT=on shows them)"
    assert (reported[0].startswith(place), reported[0].endswith(left_out)) == (True, True)
    assert reported[1:3] == ["step 3 of (…) failed", f"step 4: ValueError {left_out}"]
    assert reported[3:5] == ["no way there: FileNotFoundError: [Errno 2] gone", "payload of 2.50 MB: (…)"]
    assert (reported[5].startswith(place), reported[5].endswith(left_out)) == (True, True)
    assert reported[6:9] == ["step failed: print my name", "step 3 of work failed", "step 4: print my name"]
    assert reported[10:] == ["payload of 2.50 MB: {'text': 'print my name'}", "0.5 of a word"]


def _log_as_libraries_do(logger: logging.Logger, error: Exception) -> None:
    logger.error(f"step failed: {error}")  # noqa: G004  # as they do
    logger.error("step %d of %s failed", 3, "work")
    logger.error("step %d: %s", 4, error)
    logger.error("no way there: %s", OSError(2, "gone"))
    logger.error("payload of %(size).2f MB: %(payload)s", {"size": 2.5, "payload": {"text": WORDS}})
    logger.error("%.1f of a word", Decimal("0.5"))


def test_a_log_line_that_quotes_an_exception_leaves_its_words_out():
    record = logging.LogRecord(
        "services.x", logging.INFO, "f", 1, "%s: %s", ("chore", ValueError("my name")), None
    )
    reported: dict[str, Any] = json.loads(logs.Json().format(record))
    assert reported["message"] == "chore: ValueError (its words are left out; RAYGEN_LOG_TEXT=on shows them)"
    assert json.loads(logs.Json(text=True).format(record))["message"] == "chore: my name"


async def test_a_secret_of_a_run_is_posted_kept_and_logged_nowhere(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    value = "correct-horse-battery/staple"  # nothing that looks like a secret
    monkeypatch.setenv("PLANTED", value)
    await world.store.sessions.ensure(builders.session(channel="CRAY", thread_ts=""))
    bound = Provisions(secrets=(BoundSecret(name="TEAM_KEY"),))
    proposal = builders.proposal(id="p_planted", provisions=bound)
    await world.store.tasks.add(builders.proposed_task(id=proposal.task_id, user=proposal.requester))
    await world.store.proposals.draft(proposal)
    await world.store.proposals.move(proposal.id, ProposalStatus.OPEN)
    world.target.events = [
        Output(f"using {value[:9]}"),
        Output(f"{value[9:]}\n"),
        Finished(
            Outcome(
                verdict=Verdict.FAILED,
                stdout=f"using {value}\n",
                failure=Failure("ValueError", f"{value} is refused", traceback=f"ValueError: {value}"),
                artifacts=(Artifact("used.yaml", "application/yaml", f"key: {value}\n".encode()),),
            )
        ),
    ]
    await world.use_cases.proposals.approve(
        proposal.id, digest=proposal.program.sha256, target=proposal.target, user="UENGINEER"
    )
    await world.announcer.tell()
    assert world.target.jobs[run_id(proposal.id)].secrets == {"TEAM_KEY": value}
    posted = await world.posted()
    assert "[secret TEAM_KEY] is refused" in posted
    kept = await rows(world.store)
    assert "TEAM_KEY" in kept["proposals.provisions"]
    for place in (posted, world.log.getvalue(), *kept.values()):
        assert value not in place
        assert value[:9] not in place
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or value.encode() not in file.read_bytes()
