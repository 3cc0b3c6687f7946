"""A function of Lambda by boto3 and real `awslambdaric`: what comes back, and one sentence for each thing that can go wrong."""

from __future__ import annotations

import asyncio
import base64
import json
from functools import cache

import boto3
import pytest
import pytest_asyncio

from services.domain.values import InputFile, Verdict
from services.lambdas import errors
from services.lambdas.errors import FunctionError
from services.lambdas.function import Function
from services.lambdas.snippets import LambdaSnippets
from services.lambdas.validation import LambdaValidator
from services.lambdas.wire import PAYLOAD
from services.validation.interface import Setup
from tests.standins.lambda_service import LambdaService
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")
FUNCTIONS = "tests.contract.lambdas.functions"
NAMES = ("echo", "crash", "fail", "sleep", "large")
MARGIN = 1.0


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def deployed(service: LambdaService) -> None:
    for name in NAMES:
        service.deploy(name, f"{FUNCTIONS}.{name}", timeout=1.0 if name == "sleep" else 20.0)


@cache
def _function(url: str, name: str) -> Function:
    return Function(name, endpoint=url, margin=MARGIN, pauses=(0.01, 0.01))


def function(service: LambdaService, name: str = "echo") -> Function:
    return _function(service.url, name)


async def test_the_answer_comes_back_from_a_process_that_stays(service: LambdaService):
    first, second = [await function(service).invoke({"code": "☃"}) for _ in range(2)]
    assert first["event"] == {"code": "☃"}
    assert first["custom"] is None
    assert 10_000 < first["left"] <= 20_000
    assert first["pid"] == second["pid"]


async def test_a_gateways_client_context_reaches_the_function(service: LambdaService):
    context = json.dumps({"custom": {"bedrockAgentCoreToolName": "t___run_python"}})

    def asked() -> bytes:
        client = boto3.client("lambda", endpoint_url=service.url)
        encoded = base64.b64encode(context.encode()).decode()
        reported = client.invoke(FunctionName="echo", Payload=b"{}", ClientContext=encoded)
        return reported["Payload"].read()

    assert json.loads(await asyncio.to_thread(asked))["custom"] == {
        "bedrockAgentCoreToolName": "t___run_python"
    }


@pytest.mark.parametrize(
    ("fault", "kind", "sentence"),
    [
        ("unavailable", errors.FunctionUnreachable, "failed to run echo"),
        ("broken", errors.FunctionUnreachable, "failed to run echo"),
        ("denied", errors.FunctionDenied, "no permission for this on the Lambda echo"),
        (
            "expired",
            errors.FunctionRefused,
            "credentials for the Lambda echo have expired",
        ),
        ("too large", errors.PayloadTooLarge, "accepts"),
        ("reset", errors.FunctionSilent, "echo was lost. The request was not repeated"),
        ("half", errors.FunctionSilent, "echo was lost. The request was not repeated"),
        ("garbage", errors.FunctionGarbled, "echo sent an unexpected response"),
    ],
)
async def test_a_fault_is_one_sentence_and_nothing_is_sent_twice(
    service: LambdaService, fault: str, kind: type[FunctionError], sentence: str
):
    before = len(service.invocations)
    service.fail(fault)
    with pytest.raises(kind, match=sentence):
        await function(service).invoke({})
    assert len(service.invocations) == before + 1


async def test_one_that_hangs_is_given_up_after_its_own_time_and_not_asked_again(service: LambdaService):
    before = len(service.invocations)
    service.fail("hang")
    with pytest.raises(errors.FunctionSilent, match=r"sleep did not answer within 2\.00 s"):
        await asyncio.wait_for(function(service, "sleep").invoke({}), PATIENCE)
    assert len(service.invocations) == before + 1


async def test_a_throttled_one_has_not_begun_and_is_asked_again_a_little(service: LambdaService):
    before = len(service.invocations)
    service.fail("throttled", "throttled")
    assert (await function(service).invoke({"n": 1}))["event"] == {"n": 1}
    service.fail("throttled", "throttled", "throttled")
    with pytest.raises(errors.FunctionBusy, match="echo is at its concurrency limit"):
        await function(service).invoke({})
    assert [each.ran for each in service.invocations[before:]] == [False, False, True, False, False, False]


@pytest.mark.parametrize(
    ("name", "kind", "sentence"),
    [
        ("crash", errors.FunctionFailed, "crash crashed"),
        ("fail", errors.FunctionFailed, "fail crashed"),
        ("large", errors.FunctionFailed, "large crashed"),
        ("sleep", errors.FunctionFailed, "sleep reached its time limit"),
        ("missing", errors.FunctionRefused, "There is no Lambda missing"),
        ("bad name!", errors.FunctionRefused, "can't be called as configured|rejected|There is no"),
    ],
)
async def test_a_function_that_fails_is_one_sentence(
    service: LambdaService, name: str, kind: type[FunctionError], sentence: str
):
    with pytest.raises(kind, match=sentence) as raised:
        await function(service, name).invoke({})
    assert "secret words" not in raised.value.public


async def test_after_a_crash_the_next_is_served(service: LambdaService):
    await asyncio.gather(function(service, "crash").invoke({}), return_exceptions=True)
    starts = service.functions["crash"].starts
    await asyncio.gather(function(service, "crash").invoke({}), return_exceptions=True)
    assert service.functions["crash"].starts == starts + 1


async def test_nobody_there_is_one_sentence(unused_tcp_port: int):
    nobody = Function("echo", endpoint=f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(errors.FunctionUnreachable, match="echo can't be reached"):
        await nobody.invoke({})
    assert not (await nobody.readiness("validation")).ready


async def test_without_credentials_that_is_said(service: LambdaService, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(errors.FunctionRefused, match="No AWS credentials"):
        await Function("echo", endpoint=service.url).invoke({})


async def test_what_is_too_large_is_never_sent(service: LambdaService):
    before = len(service.invocations)
    with pytest.raises(
        errors.PayloadTooLarge, match=r"total 6.3 MB, and the Lambda echo accepts at most 6.3 MB"
    ):
        await function(service).invoke({"code": "x" * PAYLOAD})
    assert len(service.invocations) == before


async def test_readiness_only_reads(service: LambdaService):
    before = len(service.invocations)
    assert (await function(service).readiness("validation")).ready
    found = await function(service).configuration()
    assert (found.timeout, found.memory, found.problem) == (20.0, 1024, "")
    service.functions["fail"].state = "Failed"
    assert "could not be set up" in (await function(service, "fail").readiness("validation")).missing
    assert "no Lambda missing" in (await function(service, "missing").readiness("validation")).missing
    assert len(service.invocations) == before


async def test_who_no_longer_waits_does_not_wait(service: LambdaService):
    service.fail("hang")
    task = asyncio.create_task(function(service).invoke({}))
    await asyncio.sleep(0.3)
    task.cancel()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()


async def test_for_a_validation_and_a_snippet_trouble_is_a_value(service: LambdaService):
    service.fail("expired", "wrong shape", "expired")
    async with LambdaValidator(function(service)) as validator, validator.lease() as lease:
        expired, wrong = await lease.validate("1", Setup(wall=3600.0)), await lease.validate("1")
        large = b"x" * PAYLOAD
        async with validator.lease(inputs=(InputFile("a.csv", large),)) as other:
            refused = await other.validate("1")
    snippet = await LambdaSnippets(function(service)).run("1")
    assert {each.verdict for each in (expired, wrong, refused)} == {Verdict.UNAVAILABLE}
    assert "have expired" in (expired.detail or "")
    assert "an unexpected response" in (wrong.detail or "")
    assert "total 8.4 MB" in (refused.detail or "")
    assert "have expired" in (snippet.error or "")
