"""Everything that can go wrong on the way to a tool is one sentence, and no validation is ever begun twice."""

from __future__ import annotations

import asyncio
import socket

import pytest

from services.domain.values import InputFile, Outcome, Verdict
from services.gateway.client import Gateway
from services.gateway.errors import ToolMissing
from services.gateway.names import VALIDATION as TOOL
from services.gateway.snippets import GatewaySnippets
from services.gateway.validation import GatewayValidator
from services.validation.interface import BARE, Setup, ValidationLimits
from tests.standins.gateway import Fault, GatewayStandIn
from tests.waiting import PATIENCE

SENTENCES = {
    Fault.UNAVAILABLE: "The MCP gateway failed. Try again in a minute.",
    Fault.FAILED: "The MCP gateway failed. Try again in a minute.",
    Fault.THROTTLED: "The MCP gateway is busy. Try again in a minute.",
    Fault.FORBIDDEN: "The MCP gateway rejected raygen's credentials. `raygen doctor` shows details.",
    Fault.HALF: "The connection to the MCP gateway was lost. The call may still be running there.",
    Fault.HALF_STREAM: "The connection to the MCP gateway was lost. The call may still be running there.",
    Fault.NOT_JSON: "The MCP gateway sent an unexpected response, so the outcome is unknown.",
    Fault.WRONG_SHAPE: "The MCP gateway sent an unexpected response, so the outcome is unknown.",
    Fault.TOOL_ERROR: "The tool behind the MCP gateway failed: An internal error occurred. Please retry later.",
    Fault.UNKNOWN_TOOL: "The MCP gateway doesn't have the configured tool. `raygen doctor` shows which.",
}


async def validated(gateway: Gateway, code: str = "print(3)") -> Outcome:
    return await GatewayValidator(gateway, cluster="10.0.0.5").validate(code, (), BARE, ValidationLimits())


async def test_what_a_header_declares_is_validated_but_arguments_cannot_travel(open_gateway: GatewayStandIn):
    validator = GatewayValidator(Gateway(open_gateway.url))
    long = await validator.validate("print(3)", (), Setup(wall=3600.0), ValidationLimits())
    given = await validator.validate("print(3)", (), Setup(arguments=("--days", "7")), ValidationLimits())
    assert (long.verdict, given.verdict) == (Verdict.PASSED, Verdict.UNTRIED)
    assert "can't pass arguments to programs" in (given.detail or "")


@pytest.mark.parametrize("fault", SENTENCES, ids=lambda fault: fault.name)
async def test_a_fault_is_one_sentence_and_the_call_was_sent_once(open_gateway: GatewayStandIn, fault: Fault):
    open_gateway.faults = [fault]
    outcome = await validated(Gateway(open_gateway.url))
    assert (outcome.verdict, outcome.detail) == (Verdict.UNAVAILABLE, SENTENCES[fault])
    assert len(open_gateway.calls) == 1
    assert (await validated(Gateway(open_gateway.url))).passed, "and the next one is unharmed"

    open_gateway.faults = [fault]
    snippet = await GatewaySnippets(Gateway(open_gateway.url)).run("6 * 7")
    assert snippet.error == SENTENCES[fault]


@pytest.mark.parametrize(
    "fault", [Fault.THROTTLED, Fault.HALF_STREAM, Fault.TOOL_ERROR], ids=lambda it: it.name
)
async def test_a_gateway_of_the_older_protocol(open_gateway: GatewayStandIn, fault: Fault):
    open_gateway.older = True
    assert (await validated(Gateway(open_gateway.url))).stdout == "8 characters on 10.0.0.5\n"
    open_gateway.faults = [fault]
    assert (await validated(Gateway(open_gateway.url))).detail == SENTENCES[fault]
    assert len(open_gateway.calls) == 2


async def test_what_hangs_is_given_up_in_time(open_gateway: GatewayStandIn):
    open_gateway.faults, open_gateway.pause = [Fault.HANG], 2 * PATIENCE
    with pytest.raises(Exception, match="did not answer within 0"):
        await Gateway(open_gateway.url).call(TOOL, {"code": "1"}, limit=0.5)
    assert len(open_gateway.calls) == 1


async def test_nobody_listens():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/mcp"
    outcome = await validated(Gateway(url))
    assert outcome.detail == "The MCP gateway can't be reached. Try again in a minute."


@pytest.mark.parametrize("url", ["no address", "http://", "ftp://gateway/mcp"])
async def test_an_address_that_is_none(url: str):
    assert (await validated(Gateway(url))).verdict is Verdict.UNAVAILABLE


async def test_an_address_without_a_gateway(open_gateway: GatewayStandIn):
    outcome = await validated(Gateway(open_gateway.url + "/elsewhere"))
    assert outcome.detail == "There is no MCP gateway at the configured address. `raygen doctor` shows it."


async def test_large_code_arrives_whole(open_gateway: GatewayStandIn):
    outcome = await validated(Gateway(open_gateway.url), "#" * 5_000_000)
    assert outcome.stdout == "5000000 characters on 10.0.0.5\n"
    assert outcome.where == "through the MCP gateway"


async def test_files_are_never_dropped_in_silence(open_gateway: GatewayStandIn):
    files = (InputFile("sales.csv", b"a,b\n"), InputFile("notes.txt", b"!"))
    validator = GatewayValidator(Gateway(open_gateway.url))
    async with validator.lease(inputs=files) as lease:
        other = await lease.validate("print(3)")
        uses = await lease.validate("open('sales.csv')")
    assert other.passed
    assert other.where == "through the MCP gateway, without the thread's 2 files"
    assert uses.verdict is Verdict.UNAVAILABLE
    assert uses.detail
    assert "sales.csv, and the MCP gateway can't carry files" in uses.detail
    assert len(open_gateway.calls) == 1


async def test_the_doctor_hears_which_tool_is_missing(open_gateway: GatewayStandIn):
    gateway = Gateway(open_gateway.url)
    await gateway.check(TOOL)
    with pytest.raises(ToolMissing, match="has no tool target___other; it offers python-executor-inline___"):
        await gateway.check("target___other")
    assert open_gateway.calls == [], "nothing was run to find out"


async def test_readiness_follows_the_gateway(open_gateway: GatewayStandIn):
    async with GatewayValidator(Gateway(open_gateway.url)) as validator:
        assert not validator.readiness().ready
        async with asyncio.timeout(PATIENCE):
            while not validator.readiness().ready:
                await asyncio.sleep(0.02)
    async with GatewayValidator(Gateway(open_gateway.url), "a___b") as validator, asyncio.timeout(PATIENCE):
        while "has no tool a___b" not in validator.readiness().missing:
            await asyncio.sleep(0.02)
