"""The supervisor on AgentCore, over boto3's client and the package's server: the same proposals, and every fault of the way."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace

import aiohttp
import pytest
import pytest_asyncio
from click.testing import CliRunner
from pydantic import SecretStr

from bot import cli
from bot import settings as settings_module
from bot.agentcore import server as agentcore
from bot.doctor import models
from bot.playground.anthropic import HttpError, ModelStandIn, Stall, say, use
from bot.settings import Settings
from bot.wiring import agents as wired
from bot.wiring.environments import environments
from services.agentcore import errors
from services.agentcore.remote import RemoteSupervisor
from services.agentcore.wire import SupervisorSettings
from services.domain.entities import (
    Proposal,
    Task,
    TaskKind,
    TaskStatus,
    derive,
)
from services.domain.errors import RaygenError
from services.domain.values import (
    Artifact,
    Engine,
    Failure,
    Frame,
    InputFile,
    Origin,
    Outcome,
    Verdict,
)
from services.notifications.events import SessionEvent, TaskProgressed
from services.policy import check
from services.store import Store, open_database
from services.supervisor.interface import Briefing, Inspecting, Supervising
from services.supervisor.meter import Meter
from services.supervisor.workshop import Tried
from services.tasks.steps import TaskSteps
from services.validation.interface import BARE, Setup, ValidationLimits
from tests import builders
from tests.builders import passed
from tests.fakes import FakeValidator, RecordingNotifier, here, permissions
from tests.standins import agentcore as aws
from tests.standins.agentcore import ARN, Cut, DataPlane, Fault, Hang, Instead, Refuse
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.asyncio(loop_scope="module")
WISH = use("write_program", "I'll have it written.", request="add 1 and 2")
CODE = "import ray\nray.init()\nprint('Result: 3')"
PROGRAM = use("submit_program", title="Add", purpose="Adds.", code=CODE)
BROKEN = use("submit_program", title="Add", purpose="Adds.", code="import ray\nray.init()\n1 / 0")
REFUSED = use("submit_program", title="Add", purpose="Adds.", code="import os\nos.system('ray stop --force')")
CLOSING = say("It adds 1 and 2.")
LONG = say("A long answer about object stores, of which the end never comes today.")
FAILED = Outcome(
    verdict=Verdict.FAILED,
    stderr="Traceback …",
    failure=Failure("ZeroDivisionError", "division by zero", (Frame(3, "<module>", "1 / 0"),)),
)
PASSED = passed(artifacts=(Artifact("plot.png", "image/png", bytes(range(256))),))


@dataclass
class Slow(FakeValidator):
    """Takes a minute for programs while it is set to."""

    pause: float = 0.0

    async def validate(
        self, code: str, setup: Setup = BARE, *, limits: ValidationLimits | None = None
    ) -> Outcome:
        await asyncio.sleep(self.pause)
        return await super().validate(code, setup, limits=limits)


@dataclass
class Listening(RecordingNotifier):
    words: list[str] = field(default_factory=list)

    async def notify(self, event: SessionEvent) -> None:
        if isinstance(event, TaskProgressed):
            self.words.append(event.progress.words)
        await super().notify(event)


@dataclass
class Runtime:
    """Everything between a bot and its answer, but the bot."""

    model: ModelStandIn
    settings: Settings
    validator: Slow
    app: str
    plane: DataPlane

    async def idle(self) -> None:
        """Return once no work is left in the runtime. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
            while True:
                async with http.get(f"{self.app}/ping") as answer:
                    if (await answer.json())["status"] == "Healthy":
                        return
                await asyncio.sleep(0.02)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole() -> AsyncGenerator[Runtime]:
    async with ModelStandIn(pace=0.0).serve() as model:
        settings = settings_module.load(
            anthropic_api_key=SecretStr("sk-test"),
            anthropic_base_url=model.url,
            engines=(Engine.RAY,),
            model_deadline=20.0,
        )
        validator = Slow([])
        async with (
            agentcore.serving(settings, beat=0.2, validator=validator) as app,
            aws.data_plane(app) as plane,
        ):
            yield Runtime(model, settings, validator, app, plane)


@pytest_asyncio.fixture(loop_scope="module")
async def runtime(whole: Runtime, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Runtime]:
    for name, value in aws.CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    whole.model.script.clear()
    whole.validator.outcomes[:] = [passed() for _ in range(9)]
    whole.plane.faults.clear()
    whole.plane.seen.clear()
    whole.plane.deaf, whole.validator.pause = False, 0.0
    yield whole
    await whole.idle()
    assert whole.validator.open_leases == 0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stores(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[list[Store]]:
    path = tmp_path_factory.mktemp("agentcore")
    async with (
        open_database(f"sqlite:///{path}/one.db") as one,
        open_database(f"sqlite:///{path}/two.db") as two,
    ):
        yield [Store(one), Store(two)]


@dataclass
class Bot:
    """Task steps with its thread."""

    store: Store
    supervisor: Supervising
    workshop: Inspecting
    notifier: Listening = field(default_factory=Listening)

    def __post_init__(self) -> None:
        parts = (self.store, self.notifier, self.supervisor, self.workshop, here())
        self.steps = TaskSteps(*parts, permissions=permissions(self.store), meter=Meter)

    async def ask(self, name: str, **changes: object) -> Task:
        task = builders.task(**{"id": f"t_{name}", "session_id": f"s_{name}", **changes})
        await self.steps.accept(task, builders.session(id=task.session_id))
        await self.steps.open(task.id)
        await self.steps.conclude(task.id, await self.steps.work(task.id))
        return await self.store.tasks.get(task.id)

    async def proposal(self, task: Task) -> Proposal | None:
        found = await self.store.proposals.find(derive("p", task.id))
        if found is None:
            return None
        whole = await self.store.artifacts.whole(found.id)
        outcome = replace(found.validation, artifacts=whole.artifacts)
        return replace(found, validation=outcome, created_at=0.0)


def remote(runtime: Runtime, store: Store, **changes: object) -> Bot:
    asked = aws.asking(runtime.plane, wired.terms(runtime.settings), **changes)
    return Bot(store, asked, asked)


# What a model says, what validations find, and how the task ends.
STORIES: dict[str, tuple[list[object], list[Outcome], TaskStatus]] = {
    "a program": ([WISH, PROGRAM, CLOSING], [PASSED], TaskStatus.PROPOSED),
    "a repaired one": ([WISH, BROKEN, PROGRAM, CLOSING], [FAILED, PASSED], TaskStatus.PROPOSED),
    "one that the policy refuses first": ([WISH, REFUSED, PROGRAM, CLOSING], [PASSED], TaskStatus.PROPOSED),
    "the same error twice": ([WISH, BROKEN, BROKEN, CLOSING], [FAILED, FAILED], TaskStatus.FAILED),
    "a snippet": ([use("run_python", code="2847 * 0.15"), say("427.05")], [], TaskStatus.ANSWERED),
    "an answer": ([LONG], [], TaskStatus.ANSWERED),
    "no closing words": ([WISH, PROGRAM, HttpError(401)], [PASSED], TaskStatus.PROPOSED),
    "a model that refuses": ([HttpError(401)], [], TaskStatus.FAILED),
    "no seal": (
        [WISH, PROGRAM],
        [Outcome(verdict=Verdict.UNAVAILABLE, detail="No seal.")],
        TaskStatus.FAILED,
    ),
}


@pytest.mark.parametrize("story", STORIES)
async def test_the_same_task_ends_alike_embedded_and_on_agentcore(
    story: str, runtime: Runtime, stores: list[Store]
) -> None:
    script, outcomes, status = STORIES[story]
    here_validator = FakeValidator(list(outcomes))
    access = settings_module.require_model(runtime.settings)
    packages = environments(runtime.settings)
    async with wired.open_local_agents(runtime.settings, access, check, here_validator, packages) as agents:
        ends: list[tuple[object, ...]] = []
        for bot in (Bot(stores[0], agents.supervisor, agents.workshop), remote(runtime, stores[1])):
            runtime.model.script.clear()
            runtime.model.script.add(*script)
            runtime.validator.outcomes[:] = outcomes
            task = await bot.ask(story)
            assert task.status is status, task.summary
            proposal = await bot.proposal(task)
            spent = await bot.store.spendings.of_task(task.id)
            reported = list(dict.fromkeys(bot.notifier.recorded))
            ends.append(
                (
                    task.summary,
                    proposal and replace(proposal, spent=None),
                    (spent.calls, spent.tokens, spent.models, spent.attempts),
                    reported,
                )
            )
    assert ends[0] == ends[1]
    assert {seen.qualifier for seen in runtime.plane.seen} == {"DEFAULT"}


async def test_an_edit_is_inspected_there_and_files_travel(runtime: Runtime, stores: list[Store]) -> None:
    runtime.model.script.add(WISH, PROGRAM, CLOSING)
    bot = remote(runtime, stores[1])
    before = await bot.ask("edit")
    await bot.store.inputs.keep("s_edit", InputFile("data.bin", bytes(range(256))))
    edited = await bot.ask(
        "edited", session_id="s_edit", kind=TaskKind.EDIT, base=derive("p", before.id), code="print(4)\n"
    )
    assert edited.summary == "Your edit passed validation."
    assert runtime.validator.codes[-1] == "print(4)\n"
    assert len({seen.session for seen in runtime.plane.seen}) == 1, "one session for one thread"
    assert runtime.plane.seen[-1].payload["wish"]["files"][0]["name"] == "data.bin"


async def test_drafts_findings_and_outcomes_are_reported_as_they_come(runtime: Runtime) -> None:
    runtime.model.script.add(WISH, REFUSED, PROGRAM, CLOSING)
    heard: list[Tried] = []

    async def attempt(tried: Tried) -> None:
        heard.append(tried)

    supervisor = aws.asking(runtime.plane)
    await supervisor.handle(Briefing("add"), _nothing, on_attempt=attempt)
    assert [(tried.number, tried.outcome and tried.outcome.verdict) for tried in heard] == [
        *((1, None), (1, Verdict.REFUSED_BY_POLICY), (2, None), (2, Verdict.PASSED)),
    ]
    assert heard[1].policy.refused
    assert heard[2].program is not None
    assert heard[2].program.code.strip() == CODE


# A fault of the way, and what the thread gets for it.
FAULTS: dict[str, tuple[Fault, type[RaygenError]]] = {
    "500": (Refuse(500, "InternalServerException"), errors.RuntimeFailed),
    "503": (Refuse(503, "ServiceUnavailableException"), errors.RuntimeFailed),
    "runtime error": (Refuse(424, "RuntimeClientError"), errors.RuntimeFailed),
    "throttled": (aws.THROTTLED, errors.RuntimeBusy),
    "quota": (Refuse(402, "ServiceQuotaExceededException"), errors.RuntimeBusy),
    "session is ending": (aws.EXPIRED, errors.SessionExpired),
    "session is gone": (Refuse(404, "ResourceNotFoundException", "Session not found"), errors.SessionExpired),
    "No such runtime": (Refuse(404, "ResourceNotFoundException", "No such runtime"), errors.RuntimeMissing),
    "not allowed": (Refuse(403, "AccessDeniedException"), errors.RuntimeRefused),
    "expired token": (Refuse(403, "ExpiredTokenException"), errors.RuntimeRefused),
    "hangs at once": (Hang(), errors.RuntimeSilent),
    "hangs in the stream": (Hang(after=2), errors.RuntimeSilent),
    "cut in a line": (Cut(after=3), errors.RuntimeInterrupted),
    "ends too early": (Cut(after=3, clean=True), errors.RuntimeInterrupted),
    "empty": (Instead(b""), errors.RuntimeInterrupted),
    "error in the stream": (
        Instead(b'data: {"error": "boom", "error_type": "KeyError", "message": "An error occurred"}\n\n'),
        errors.RuntimeFailed,
    ),
    "a page": (Instead(b"<html>Welcome</html>", "text/html"), errors.RuntimeMisunderstood),
    "another agent's JSON": (
        Instead(b'{"result": "hello"}', "application/json"),
        errors.RuntimeMisunderstood,
    ),
    "unknown events": (Instead(b'data: {"event": "later"}\n\n'), errors.RuntimeMisunderstood),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_of_the_way_is_one_clear_sentence_and_nothing_is_sent_twice(
    name: str, runtime: Runtime, stores: list[Store]
) -> None:
    fault, kind = FAULTS[name]
    runtime.model.script.add(*[WISH, PROGRAM, CLOSING] * 2)
    runtime.plane.faults.append(fault)
    bot = remote(runtime, stores[1], silence=0.8 if isinstance(fault, Hang) else 20)
    async with asyncio.timeout(PATIENCE):
        task = await bot.ask(name)
    assert task.status is TaskStatus.FAILED
    assert task.summary == kind().public
    assert task.summary.count(".") <= 2
    assert bot.notifier.recorded[-1].startswith(f"{task.id} failed"), "the thread's last word is the end"
    assert len(runtime.plane.worked) == 1
    await runtime.idle()
    # Trying again is a new task in the same thread, and works.
    runtime.model.script.clear()
    runtime.model.script.add(WISH, PROGRAM, CLOSING)
    again = await remote(runtime, stores[1]).ask(f"{name} again", session_id=task.session_id)
    assert again.status is TaskStatus.PROPOSED, again.summary


async def test_no_way_at_all_is_one_clear_sentence(runtime: Runtime) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        closed = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with pytest.raises(errors.RuntimeUnreachable):
        await aws.asking(runtime.plane, url=closed).handle(Briefing("add"), _nothing)


async def test_without_credentials_it_says_so(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(errors.RuntimeRefused, match="No AWS credentials"):
        await aws.asking(runtime.plane, silence=5).handle(Briefing("add"), _nothing)


async def test_what_was_refused_before_it_began_is_tried_again(runtime: Runtime) -> None:
    runtime.plane.faults.extend([aws.THROTTLED, aws.EXPIRED])
    runtime.model.script.add(say("Hello."))
    conclusion = await aws.asking(runtime.plane, pauses=(0.01, 0.01)).handle(Briefing("hello"), _nothing)
    assert conclusion.text == "Hello."
    assert len(runtime.plane.worked) == 3


async def test_words_are_shown_while_the_rest_is_still_to_come_and_stop_ends_the_models_call(
    runtime: Runtime, stores: list[Store]
) -> None:
    runtime.model.script.add(Stall(2 * PATIENCE, after=8, answer=LONG))
    bot = remote(runtime, stores[1])
    asking = asyncio.create_task(bot.ask("stopped"))
    await until(lambda: any("A long" in words for words in bot.notifier.words))
    await bot.steps.cancel("t_stopped")
    assert (await asking).status is TaskStatus.CANCELLED
    await runtime.idle()


@pytest.mark.parametrize("deaf", [False, True], ids=["plane that hangs up", "plane that does not"])
async def test_stop_ends_a_validation_too(deaf: bool, runtime: Runtime, stores: list[Store]) -> None:  # noqa: FBT001  # pytest's
    runtime.plane.deaf, runtime.validator.pause = deaf, 2 * PATIENCE
    runtime.model.script.add(WISH, PROGRAM)
    bot = remote(runtime, stores[1])
    asking = asyncio.create_task(bot.ask(f"validation {deaf}"))
    await until(lambda: runtime.validator.open_leases)
    await bot.steps.cancel(f"t_validation {deaf}")
    assert (await asking).status is TaskStatus.CANCELLED
    await runtime.idle()
    assert runtime.validator.open_leases == 0
    assert len(runtime.plane.worked) == 1


async def test_the_same_task_again_goes_on_alone(runtime: Runtime) -> None:
    runtime.model.script.add(Stall(2 * PATIENCE, after=8, answer=LONG))
    supervisor = aws.asking(runtime.plane)
    briefing = Briefing("hello", origin=Origin("s_1", "t_again"))
    first = asyncio.create_task(supervisor.handle(briefing, _nothing))
    await until(lambda: not len(runtime.model.script))
    runtime.model.script.add(say("Second."))
    assert (await supervisor.handle(briefing, _nothing)).text == "Second."
    with pytest.raises(RaygenError, match="stopped or restarted"):
        await first


async def test_it_is_busy_while_there_is_work(runtime: Runtime) -> None:
    runtime.model.script.add(Stall(2 * PATIENCE, after=8, answer=LONG))
    asking = asyncio.create_task(aws.asking(runtime.plane).handle(Briefing("hello"), _nothing))
    async with aiohttp.ClientSession() as http:

        async def busy() -> bool:
            async with http.get(f"{runtime.app}/ping") as answer:
                return (await answer.json())["status"] == "HealthyBusy"

        await until(busy)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def test_what_is_no_request_is_refused(runtime: Runtime) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{runtime.app}/invocations", json={"prompt": "hello"}) as answer,
    ):
        assert answer.status == 400
        assert "Invalid request" in (await answer.json())["error"]


async def test_the_models_of_the_request_are_asked_and_its_budget_holds(runtime: Runtime) -> None:
    terms = aws.TERMS.model_copy(update={"model": "claude-haiku-5-5"})
    meter = Meter(before=Meter().spent)
    meter.budget = replace(meter.budget, tokens=1)
    runtime.model.script.add(WISH, PROGRAM, CLOSING)
    with pytest.raises(RaygenError, match="the limit for one request is 1"):
        await aws.asking(runtime.plane, terms).handle(Briefing("add"), _nothing, meter)
    assert meter.spent.models == ("claude-haiku-5-5",)
    assert meter.spent.calls == 1
    assert meter.spent.tokens > 1


async def test_terms_change_the_settings_of_one_request_only() -> None:
    own = settings_module.load(validation="cluster", validation_token=SecretStr("t"))
    asked = aws.TERMS.model_copy(update={"attempts": 2, "ray_cluster_ip": "http://10.0.0.7:8265"})
    found = agentcore.applied(asked, own)
    assert (found.attempts, found.validation_address) == (2, "http://10.0.0.7:8265")
    assert found.validation_token == own.validation_token
    assert own.validation_address is None
    fixed = own.model_copy(update={"validation_address": "http://10.0.0.1:8265"})
    assert agentcore.applied(asked, fixed).validation_token is None, "it was set for another cluster"
    assert agentcore.applied(aws.TERMS, fixed).validation_address == "http://10.0.0.1:8265"
    assert set(SupervisorSettings.model_fields) - {"ray_cluster_ip"} <= set(Settings.model_fields)


async def test_a_bot_with_a_runtime_needs_no_model_but_the_runtimes_arn() -> None:
    lacking = settings_module.load(supervisor="agentcore", anthropic_api_key=None)
    with pytest.raises(RaygenError, match="RAYGEN_AGENTCORE_ARN"):
        settings_module.require_supervisor(lacking)
    settings = lacking.model_copy(update={"agentcore_arn": ARN, "attempts": 3})
    settings_module.require_supervisor(settings)
    async with wired.open_agents(settings, check, None) as agents:
        assert isinstance(agents.supervisor, RemoteSupervisor)
    assert wired.terms(settings).attempts == 3


@pytest.mark.parametrize("command", ["start", "serve"])
async def test_commands_ask_for_no_model_where_a_runtime_has_it(command: str) -> None:
    outside = {"RAYGEN_SUPERVISOR": "agentcore", "ANTHROPIC_API_KEY": ""}
    slack = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_SIGNING_SECRET": "s"}
    reported = CliRunner().invoke(cli.main, [command], env=outside | slack)
    assert reported.exit_code
    assert "RAYGEN_SUPERVISOR=agentcore requires RAYGEN_AGENTCORE_ARN" in reported.output


@pytest.mark.parametrize(
    ("change", "ok", "words"),
    [
        ({}, True, "is READY"),
        ({"status": "UPDATING"}, False, "UPDATING"),
        ({"fault": Refuse(403, "AccessDeniedException")}, True, "GetAgentRuntime"),
        ({"arn": ARN.replace("abcdef", "zzzzzz")}, False, "No such runtime"),
        ({"fault": Refuse(403, "ExpiredTokenException")}, False, "they are wrong or have expired"),
        ({"fault": Refuse(503, "ServiceUnavailableException")}, False, "The AWS control plane failed"),
        ({"fault": Instead(b'["no"]')}, False, "an unexpected response"),
        ({"fault": Instead(b'{"agentRu')}, False, "an unexpected response"),
        ({"arn": "raygen"}, False, "RAYGEN_AGENTCORE_ARN"),
        ({"arn": ""}, False, "RAYGEN_AGENTCORE_ARN"),
    ],
    ids=str,
)
async def test_doctor_looks_and_says_what_is_wrong(  # pytest passes them by name
    change: dict[str, object],
    ok: bool,  # noqa: FBT001
    words: str,
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE_CONTROL", runtime.plane.url)
    monkeypatch.setattr(runtime.plane, "status", change.get("status", "READY"))
    if fault := change.get("fault"):
        runtime.plane.faults.append(fault)
    settings = settings_module.load(supervisor="agentcore", agentcore_arn=change.get("arn", ARN))
    finding = await models.agentcore(settings)
    assert finding.ok is ok
    assert words in finding.found + finding.advice
    assert not runtime.plane.seen, "it only looks"


async def _nothing(_: object) -> None: ...
