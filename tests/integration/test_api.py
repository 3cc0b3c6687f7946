"""The API over a real DBOS, database and web server: what it answers, what it remembers, and what it never does."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator
from typing import Any

import nbformat
import pytest
import pytest_asyncio
import schemathesis
from dbos import DBOS
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from bot.api.tokens import Tokens
from services.domain.checkpoints import CheckpointFile, LeftFiles
from services.domain.entities import TaskStatus, run_id
from services.domain.values import Outcome, Verdict
from services.execution.interface import Finished
from services.tasks.rate_limit import Rate
from tests.integration.served import ANN, CI, Served, served
from tests.looks import looks
from tests.standins.scripted_model import calls, says
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")
WRITES = calls("write_program", request="hello")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def serving(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Served]:
    async with served(tmp_path_factory.mktemp("api")) as one:
        yield one
    DBOS.destroy()


@pytest.fixture
def api(serving: Served, request: pytest.FixtureRequest) -> Served:
    """The one that is served, with a session of this test's own."""
    serving.session = request.node.name
    serving.model.replies[:] = [WRITES, says("Here it is."), WRITES, says("Another.")]
    serving.target.jobs.clear()
    return serving


async def test_a_prompt_becomes_a_program_and_a_follow_up_knows_it(api: Served):
    first = await api.post("/generate", api.hello())
    assert first["http"] == 200
    assert (first["success"], first["done"], first["status"]) == (True, True, "proposed")
    assert first["session_id"] == api.session
    assert first["program"]["code"] == "print('Hello')\n"
    assert first["where"] == "a sealed cluster"
    assert first["run"] is None
    assert not api.target.jobs
    second = await api.post("/generate", api.hello(prompt="now in two tasks"))
    assert second["message"] == "Another."
    assert "ran print(" in str(api.model.seen[-2])
    past = await api.get(f"/history/{api.session}")
    assert [task["prompt"] for task in past["tasks"]] == [api.hello()["prompt"], "now in two tasks"]
    assert past["tasks"][0]["proposal"]["status"] == "superseded"


async def test_a_program_runs_for_whom_it_may_and_else_awaits_an_approval(api: Served):
    mine = await api.post("/execute", api.code())
    assert (mine["http"], mine["success"], mine["where"], mine["output"]) == (
        200,
        True,
        "embedded",
        "Result: 3\n",
    )
    assert mine["validation"]["output"] == f"ran {api.code()['code']}\n"
    theirs = await api.post("/execute", api.code(), token=CI)
    assert (theirs["success"], theirs["where"], theirs["run"]) == (True, "a sealed cluster", None)
    assert theirs["proposal"]["status"] == "open"
    assert (theirs["proposal"]["approvals"], theirs["proposal"]["approvals_needed"]) == (0, 1)
    assert list(api.target.jobs) == [mine["run"]["id"]]
    decision = {"sha256": theirs["proposal"]["sha256"]}
    approval = f"/proposals/{theirs['proposal']['id']}/approve"
    refused = await api.post(approval, decision, token=CI)
    assert (refused["http"], refused["error"]["code"]) == (403, "not_allowed")
    other = await api.post(approval, {"sha256": "0" * 64})
    assert (other["http"], other["error"]["code"]) == (409, "outdated")
    job = await api.post(approval, decision)
    assert job["approver"] == "api:ann"
    again = await api.post(approval, decision)
    assert again["http"] == 409

    async def ended() -> bool:
        answer = await api.get(f"/sessions/{api.session}/tasks/{theirs['task_id']}", token=CI)
        return answer["run"]["status"] == "ended" and answer["success"]

    await until(ended)
    assert len(api.target.jobs) == 2
    for _ in range(2):
        assert (await api.get(f"/ray/jobs/{job['id']}"))["status"] == "ended"
    reported = [
        (by, what) for by, proposal, what in await looks(api.store) if proposal == theirs["proposal"]["id"]
    ]
    # Who asks again and again is noted for what is new.
    assert reported == [("api:ci", "answer"), ("api:ci", "answer and result"), ("api:ann", "result")]


async def test_what_fails_is_never_a_success_and_never_runs(api: Served):
    answer = await api.post("/execute", api.code(code="raise SystemExit(1)"))
    assert (answer["http"], answer["success"], answer["done"], answer["status"]) == (
        200,
        False,
        True,
        "failed",
    )
    assert "exit code 1" in answer["error"]
    assert not api.target.jobs


async def test_the_same_key_is_the_same_task(api: Served):
    both = await asyncio.gather(*(api.post("/execute", api.code(), Idempotency_Key="k 1") for _ in range(3)))
    assert len({answer["task_id"] for answer in both}) == 1
    assert len(api.target.jobs) == 1
    other = await api.post("/execute", api.code(code="print(2)"), Idempotency_Key="k 1")
    assert (other["http"], other["error"]["code"]) == (409, "conflict")
    elsewhere = await api.post("/execute", api.code(session_id="else"), Idempotency_Key="k 1")
    assert elsewhere["http"] == 409
    theirs = await api.post("/execute", api.code(), token=CI, Idempotency_Key="k 1")
    assert theirs["task_id"] != both[0]["task_id"]


async def test_who_leaves_a_stream_or_does_not_wait_finds_the_work_done(api: Served):
    api.validator.gate.clear()
    async with api.stream("/generate", api.hello()) as events:
        name, progress = await anext(events)
        assert name == "progress"
        assert progress["steps"] is not None
    slow = await api.post("/execute", api.code(wait=0))
    assert (slow["http"], slow["done"], slow["success"]) == (202, False, False)
    api.validator.gate.set()

    async def done() -> bool:
        return all(task["done"] for task in (await api.get(f"/history/{api.session}"))["tasks"])

    await until(done)
    assert [task["success"] for task in (await api.get(f"/history/{api.session}"))["tasks"]] == [True, True]


async def test_a_stream_tells_steps_the_run_and_the_result(api: Served):
    async with api.stream("/execute", api.code()) as events:
        reported = [event async for event in events]
    assert [name for name, _ in reported if name in {"result", "error"}] == ["result"]
    name, result = reported[-1]
    assert (name, result["success"], result["output"]) == ("result", True, "Result: 3\n")
    assert any(name == "progress" for name, _ in reported)
    async with api.stream("/execute", api.code(code="x")) as events:
        assert [name async for name, _ in events][-1] == "result"


async def test_a_reset_forgets_and_stops_and_keeps_the_session_id(api: Served):
    await api.post("/generate", api.hello())
    api.validator.gate.clear()
    slow = await api.post("/execute", api.code(wait=0))
    assert await api.post(f"/sessions/{api.session}/reset") == {
        "http": 200,
        "session_id": api.session,
        "stopped": 1,
    }
    api.validator.gate.set()
    assert (await api.get(f"/history/{api.session}"))["tasks"] == []
    old = await api.get(f"/sessions/{api.session}/tasks/{slow['task_id']}")
    assert (old["status"], old["success"], old["done"]) == ("cancelled", False, True)
    api.model.replies[:] = [says("Hello.")]
    fresh = await api.post("/generate", api.hello(prompt="hi"))
    assert (fresh["session_id"], fresh["status"], fresh["success"]) == (api.session, "answered", True)
    assert api.hello()["prompt"] not in str(api.model.seen[-1])
    assert (await api.get("/history/never")) == {"http": 200, "session_id": "never", "tasks": []}


async def test_a_run_that_failed_is_resumed_in_its_session(api: Served):
    ends = api.target.events[:]
    left = LeftFiles((CheckpointFile("step-2", b"half way"),))
    try:
        api.target.events[:] = [Finished(Outcome(verdict=Verdict.FAILED, exit_code=1), left)]
        first = await api.post("/execute", api.code())
        path, asked = f"/ray/jobs/{first['run']['id']}/resume", {"session_id": api.session}
        assert first["proposal"]["checkpoints"] is None
        for body, token in ((asked, CI), ({"session_id": "another"}, ANN)):
            assert (await api.post(path, body, token=token))["error"]["code"] == "not_found"
        resumed = await api.post(path, asked)
        assert (resumed["http"], resumed["status"], resumed["run"]) == (200, "proposed", None)
        assert resumed["proposal"]["sha256"] == first["proposal"]["sha256"]
        found = resumed["proposal"]["checkpoints"]
        assert (found["run"], found["count"], found["size"]) == (first["run"]["id"], 1, 8)
        assert (await api.post(path, asked))["error"]["code"] == "outdated"
        api.target.events[:] = ends
        proposal = resumed["proposal"]
        run = await api.post(f"/proposals/{proposal['id']}/approve", {"sha256": proposal["sha256"]})
        assert run["http"] == 200

        async def result() -> Any:
            return (await api.get(f"/ray/jobs/{run['id']}"))["result"]

        assert (await until(result))["output"] == "Result: 3\n"
        assert [file.content for file in api.target.jobs[run["id"]].checkpoints] == [b"half way"]
        assert (await api.post(f"/ray/jobs/{run['id']}/resume", asked))["error"]["code"] == "outdated"
    finally:
        api.target.events[:] = ends


async def test_jobs_are_for_those_they_belong_to(api: Served):
    run = (await api.post("/execute", api.code()))["run"]
    assert (await api.get("/ray/jobs"))["jobs"][0]["id"] == run["id"]
    assert run["id"] not in str(await api.get("/ray/jobs", token=CI))
    assert (await api.get(f"/ray/jobs/{run['id']}"))["result"]["output"] == "Result: 3\n"
    notebook = await api.get(f"/ray/jobs/{run['id']}/notebook")
    assert notebook.pop("http") == 200
    nbformat.validate(notebook)
    assert notebook["cells"][-1]["outputs"] == [
        {"output_type": "stream", "name": "stdout", "text": ["Result: 3\n"]}
    ]
    for path in (
        f"/ray/jobs/{run['id']}",
        f"/ray/jobs/{run['id']}/notebook",
        "/ray/jobs/raygen-none",
        "/ray/jobs/raygen-none/notebook",
    ):
        assert (await api.get(path, token=CI))["error"]["code"] == "not_found"
    assert (await api.post(f"/ray/jobs/{run['id']}/stop"))["error"]["code"] == "outdated"
    await api.get(f"/history/{api.session}")
    reported = [(by, what) for by, proposal, what in await looks(api.store) if run_id(proposal) == run["id"]]
    assert reported == [("api:ann", "answer and result"), ("api:ann", "result"), ("api:ann", "notebook")]
    status = await api.get("/ray/status")
    own, closed = status["targets"]
    assert own["resources"]["CPU"] == {"used": 1, "total": 4}
    assert (own["profile"]["python"], own["profile"]["packages"]) == ("3.11.2", {"tiny": "1.0"})
    assert (own["own_validation"], closed["own_validation"], closed["profile"]) == (False, True, None)


async def test_without_a_token_there_is_a_clear_refusal(api: Served):
    for token in (None, "wrong-" + "x" * 20):
        answer = await api.get("/ray/status", token=token)
        assert (answer["http"], answer["error"]["code"]) == (401, "unauthorized")
    assert (await api.get("/health", token=None))["ready"] is True
    assert (await api.get("/readyz", token=None))["ready"] is True


async def test_without_tokens_this_machine_may_ask_and_nobody_else(api: Served):
    with api.under(tokens=Tokens({})):
        answer = await api.post("/execute", api.code(), token=None)
        assert (answer["success"], answer["run"], answer["proposal"]["status"]) == (True, None, "open")
        for header in (
            {"Host": "raygen.example.com"},
            {"X_Forwarded_For": "203.0.113.7"},
            {"Origin": "http://evil.example"},
        ):
            refused = await api.post(f"/sessions/{api.session}/reset", token=None, **header)
            assert refused["http"] == 401


async def test_wrong_requests_have_one_shape(api: Served):
    for path, body, status in (
        ("/generate", {}, 422),
        ("/generate", api.hello(prompt=" \n"), 422),
        ("/generate", api.hello(prompt="x" * 8001), 422),
        ("/generate", api.hello(session_id=""), 422),
        ("/generate", api.hello(prompt="a\0b"), 422),
        ("/execute", api.code(code="x" * 200_001), 422),
        ("/nothing", {}, 404),
    ):
        answer = await api.post(path, body)
        assert (answer["http"], set(answer["error"])) == (status, {"code", "message"})
    assert (await api.get("/generate"))["http"] == 405
    for large in (io.BytesIO(b"[" * 1_100_000), _chunks(b"[" * 100_000, 11)):
        sent = {"Authorization": f"Bearer {CI}", "Content-Type": "application/json"}
        async with api.http.post(f"{api.url}/execute", data=large, headers=sent) as answer:
            assert (answer.status, (await answer.json())["error"]["code"]) == (413, "too_large")
    long = "é" * 256
    assert (await api.post("/generate", api.hello(session_id=long)))["session_id"] == long


async def _chunks(chunk: bytes, count: int) -> AsyncGenerator[bytes]:
    for _ in range(count):
        yield chunk


async def test_a_rate_and_an_unforeseen_error_are_reported(api: Served):
    api.model.replies[:] = [KeyError("secret detail")]
    broken = await api.post("/generate", api.hello())
    assert (broken["status"], broken["success"]) == (TaskStatus.FAILED, False)
    assert "incident" in broken["error"]
    assert "secret detail" not in str(broken)
    with api.under(rate=Rate(1, 3600.0)):
        often = await api.post("/generate", api.hello())
        assert (often["http"], often["error"]["code"]) == (429, "too_often")
        async with api.stream("/generate", api.hello()) as events:
            assert [name async for name, _ in events] == ["error"]


@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
async def test_the_openapi_spec_survives_schemathesis(api: Served):
    asked = await asyncio.to_thread(_attack, api.url)
    assert len(asked) == 13
    assert sum(asked.values()) > 40
    assert (await api.get("/health"))["ready"] is True


def _attack(url: str) -> dict[str, int]:
    """Good and bad requests to every operation, made from the specification; how many each has had."""
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    asked: dict[str, int] = {}
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=8,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def attack(case: schemathesis.Case) -> None:
            answer = case.call(headers={"Authorization": f"Bearer {CI}"}, timeout=10)
            asked[case.operation.label] = asked.get(case.operation.label, 0) + 1
            assert answer.status_code < 500, answer.text
            case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])

        attack()
    return asked
