"""Every fault of a model service, on every way to it, in the first turn and in a later one: an answer or one clear sentence.

The table that this makes is printed at the end.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from bot.playground.anthropic import (
    Cut,
    ErrorEvent,
    HttpError,
    ModelStandIn,
    Reset,
    Stall,
    empty,
    out_of_tokens,
    paused,
    refusal,
    say,
    truncated_use,
    use,
)
from bot.playground.cookbook import answer as cookbook
from services.domain.entities import Task, TaskStatus
from services.llm.access import Access, Provider, model_id
from services.llm.anthropic import AnthropicModel
from services.llm.circuit import Circuit
from services.llm.clients import Client, open_client
from services.llm.interface import OnText, Reply, Text, Turn
from services.llm.resilient import ResilientModel
from services.policy import check
from services.store import Store, open_database
from services.supervisor.agent import Briefing, Supervisor
from services.supervisor.generator import Generator as ProgramGenerator
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from services.tasks.steps import TaskSteps
from tests import builders
from tests.builders import passed
from tests.fakes import FakeValidator, RecordingNotifier, here, permissions
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")
CODE = "import ray\nray.init()\nprint('Result: 3')"
WISH = use("write_program", "I'll have it written.", request="add 1 and 2")
PROGRAM = use("submit_program", title="Add", purpose="Adds.", code=CODE)
CLOSING = say("It adds 1 and 2.")
STUMPS = {
    "submit_program": {"title": "Add", "purpose": "Adds.", "code": CODE},
    "write_program": {"request": "add"},
}
ANSWERED = "answered"
BUSY, GONE, FINAL = "is busy", "was cut off", "doesn't exist|rejected raygen's credentials|could not process"

# A fault, and what a person may get for it; whatever passes by itself ends in an answer.
FAULTS: dict[str, tuple[object, str]] = {
    "429, then better": (HttpError(429, retry_after=0), ANSWERED),
    "503, then better": (HttpError(503, retry_after=0), ANSWERED),
    "529, then better": (HttpError(529, retry_after=0), ANSWERED),
    "500, then better": (HttpError(500), ANSWERED),
    "429 for an hour": (HttpError(429, retry_after=3600), BUSY),
    "400": (HttpError(400), FINAL),
    "401": (HttpError(401), FINAL),
    "403": (HttpError(403), FINAL),
    "404": (HttpError(404), FINAL),
    "overloaded before text": (ErrorEvent(after=1), ANSWERED),
    "overloaded in mid-text": (ErrorEvent(after=5), ANSWERED),
    "overloaded in mid-call": (ErrorEvent(after=6, answer=PROGRAM), ANSWERED),
    "throttled in mid-text": (ErrorEvent(kind="rate_limit_error"), ANSWERED),
    "error in mid-text": (ErrorEvent(kind="api_error"), ANSWERED),
    "reset at once": (Reset(after=0), ANSWERED),
    "reset in mid-text": (Reset(after=5), ANSWERED),
    "reset in mid-call": (Reset(after=6, answer=PROGRAM), ANSWERED),
    "stall before the answer": (Stall(30, after=0), ANSWERED),
    "stall in mid-text": (Stall(30, after=5), ANSWERED),
    "no message_stop": (Cut(missing=1), ANSWERED),
    "cut in mid-text": (Cut(missing=4), ANSWERED),
    "half the call's JSON": ("half", ANSWERED),
    "max_tokens in a call": ("full", ANSWERED),
    "max_tokens in text": (out_of_tokens(), ANSWERED),
    "refusal": (refusal(), ANSWERED),
    "pause_turn": (paused(), ANSWERED),
    "unknown tool": (use("run_on_cluster", code="1"), ANSWERED),
    "wrong arguments": ("wrong", ANSWERED),
    "empty": (empty(), ANSWERED),
}
PATHS = {Provider.ANTHROPIC: "", Provider.BEDROCK: "/anthropic", Provider.BEDROCK_CLASSIC: ""}
TURNS = {"supervisor": 0, "generator": 1, "closing": 2}


@dataclass
class Seen:
    """What happened in each cell, for the table."""

    cells: dict[tuple[str, Provider, str], str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def seen(request: pytest.FixtureRequest) -> Generator[Seen]:
    seen = Seen()
    yield seen
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(_table(seen))  # noqa: T201  # the point of it


def _table(seen: Seen) -> str:
    columns = list(dict.fromkeys((provider, turn) for _, provider, turn in seen.cells))
    head = f"{'fault':<24}" + "".join(f"{provider} {turn}".ljust(28) for provider, turn in columns)
    rows = [
        f"{fault:<24}" + "".join(seen.cells.get((fault, *column), "").ljust(28) for column in columns)
        for fault in dict.fromkeys(fault for fault, _, _ in seen.cells)
    ]
    return "\n".join(["", head, *rows])


@dataclass
class Listening:
    """The model as the product has it; keeps what a person would have seen of its text, attempt by attempt."""

    inner: ResilientModel
    shown: list[str] = field(default_factory=list)

    async def reply(self, *, on_text: OnText | None = None, **request: object) -> Reply:
        self.shown.append("")

        async def heard(text: str) -> None:
            self.shown[-1] = text
            if on_text is not None:
                await on_text(text)

        reply = await self.inner.reply(**request, on_text=heard)
        assert self.shown[-1].strip() == reply.text, "what is shown in the end is the answer, once"
        return reply


def agents(client: Client, provider: Provider) -> tuple[Supervisor, Workshop]:
    models = [AnthropicModel(client, model_id(provider, "claude-sonnet-5-5"))]
    model = Listening(ResilientModel(models, Circuit(first=0.02), deadline=20))
    workshop = Workshop(ProgramGenerator(model, Profile("generator")), check, FakeValidator([passed()] * 9))
    return Supervisor(model, workshop, "supervisor"), workshop


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service() -> AsyncGenerator[ModelStandIn]:
    async with ModelStandIn(pace=0.0).serve() as serving:
        yield serving


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def steps(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Steps]:
    path = tmp_path_factory.mktemp("faults") / "raygen.db"
    async with open_database(f"sqlite:///{path}") as engine:
        yield Steps(Store(engine))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clients(service: ModelStandIn) -> AsyncGenerator[dict[Provider, Client]]:
    async with AsyncExitStack() as stack:
        yield {
            provider: await stack.enter_async_context(
                open_client(
                    Access(provider, "sk-test", service.url + PATHS[provider], "eu-west-1", stall=0.3)
                )
            )
            for provider in Provider
        }


def item(fault: object, turn: str) -> object:
    tool = "submit_program" if turn == "generator" else "write_program"
    match fault:
        case "half":
            return truncated_use(tool, **STUMPS[tool])
        case "full":
            return truncated_use(tool, stop="max_tokens", **STUMPS[tool])
        case "wrong":
            return use(tool, titel=7)
        case _:
            return fault


async def nothing(_: object) -> None: ...


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@dataclass
class Steps:
    """Task steps, and what their thread got last."""

    store: Store
    count: int = 0

    async def ask(self, client: Client, provider: Provider) -> Task:
        """One request of its own session, from its first sign of life to its end."""
        self.count += 1
        notifier, names = RecordingNotifier(), (f"t_{self.count}", f"s_{self.count}")
        steps = TaskSteps(
            self.store, notifier, *agents(client, provider), here(), permissions=permissions(self.store)
        )
        task = builders.task(id=names[0], session_id=names[1])
        await steps.accept(task, builders.session(id=names[1]))
        await steps.open(task.id)
        await steps.conclude(task.id, await steps.work(task.id))
        ended = await self.store.tasks.get(task.id)
        assert [
            reported for reported in notifier.recorded if reported.startswith(f"{task.id} {ended.status}")
        ]
        assert notifier.recorded[-1].startswith(f"{task.id} {ended.status}"), (
            "the thread's last word is the end"
        )
        return ended


@pytest.mark.parametrize("provider", list(Provider))
@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("name", FAULTS)
async def test_it_ends_in_an_answer_or_in_one_clear_sentence(  # noqa: PLR0917  # pytest passes them by name
    name: str,
    turn: str,
    provider: Provider,
    seen: Seen,
    service: ModelStandIn,
    clients: dict[Provider, Client],
    steps: Steps,
) -> None:
    fault, expected = FAULTS[name]
    script = [WISH, PROGRAM, CLOSING]
    script.insert(TURNS[turn], item(fault, turn))
    service.script.clear()
    service.script.add(*script, CLOSING, CLOSING)
    before = asyncio.all_tasks()
    async with asyncio.timeout(PATIENCE):
        task = await steps.ask(clients[provider], provider)
    assert task.summary.strip()
    if task.status is TaskStatus.FAILED:
        assert expected != ANSWERED, task.summary
        assert re.search(expected, task.summary), task.summary
        assert task.summary.count(".") <= 2
        seen.cells[name, provider, turn] = "a sentence"
    else:
        assert expected == ANSWERED or turn == "closing", f"{name} was not noticed"
        seen.cells[name, provider, turn] = "a program" if task.status is TaskStatus.PROPOSED else "an answer"
    left = [task.get_coro().cr_code.co_filename for task in asyncio.all_tasks() - before]
    assert [name for name in left if "aiohttp" not in name] == [], "nothing of ours is left running"


@pytest.mark.parametrize("provider", list(Provider))
@pytest.mark.parametrize(
    "busy",
    [
        HttpError(429, retry_after=60),
        HttpError(503, retry_after=60),
        HttpError(529, retry_after=60),
        ErrorEvent("overloaded_error"),
        ErrorEvent("rate_limit_error"),
    ],
    ids=["429", "503", "529", "overloaded", "throttled"],
)
async def test_another_model_answers_for_a_busy_one_and_says_so(
    busy: object, provider: Provider, service: ModelStandIn, clients: dict[Provider, Client]
) -> None:
    client = clients[provider]
    names = [model_id(provider, name) for name in ("claude-sonnet-5-5", "claude-haiku-5-5")]
    models = [AnthropicModel(client, name) for name in names]
    model = ResilientModel(models, Circuit(first=60))
    service.script.clear()
    service.requests.clear()
    service.script.add(busy, say("first"), say("second"))
    hello = [Turn("user", (Text("hello"),))]
    replies = [await model.reply(system="s", turns=hello) for _ in range(2)]
    assert [(reply.text, reply.model) for reply in replies] == [
        ("first", "claude-haiku-5-5"),
        ("second", "claude-haiku-5-5"),
    ]
    assert [asked["model"] for asked in service.requests] == [
        *("claude-sonnet-5-5", "claude-haiku-5-5", "claude-haiku-5-5"),
    ]


async def test_the_stable_prefix_is_read_from_the_cache(
    service: ModelStandIn, clients: dict[Provider, Client]
) -> None:
    model = AnthropicModel(clients[Provider.ANTHROPIC], "claude-sonnet-5-5")
    service.script.clear()
    system = "You are careful. " * 600
    usages = [
        (await model.reply(system=system, turns=[Turn("user", (Text("hello"),))])).usage for _ in range(2)
    ]
    assert usages[0].written > 1000
    assert usages[1].cached == usages[0].written
    assert usages[1].written == 0


async def test_a_hundred_requests_at_once_all_end_though_every_third_call_is_throttled(
    service: ModelStandIn, clients: dict[Provider, Client]
) -> None:
    chance = random.Random(4)
    script = [HttpError(429, retry_after=0.05) if chance.random() < 0.3 else cookbook for _ in range(3000)]
    service.script.clear()
    service.script.add(*script)
    circuit = Circuit()
    model = ResilientModel([AnthropicModel(clients[Provider.ANTHROPIC], "claude-sonnet-5-5")], circuit)
    validator = FakeValidator([passed()] * 200)
    agent = Supervisor(model, Workshop(ProgramGenerator(model, Profile("g")), check, validator), "s")
    async with asyncio.timeout(PATIENCE):
        ends = await asyncio.gather(
            *(agent.handle(Briefing(f"add {n} and 1"), nothing) for n in range(100)), return_exceptions=True
        )
    service.script.clear()
    assert [end for end in ends if isinstance(end, BaseException)] == []
    assert all(end.made is not None and end.made.outcome.passed for end in ends)
    assert sorted(set(validator.codes)) == sorted(validator.codes), "no program is made twice"
    assert len(validator.codes) == 100
    assert validator.open_leases == 0
