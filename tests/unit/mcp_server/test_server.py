"""`raygen mcp` over HTTP: who may use it, what its tools promise and answer, and that errors are sentences."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from bot.api.server import serving
from bot.api.tokens import Tokens
from bot.mcp_server import command, tokens
from bot.mcp_server.tools import Hands, server
from bot.settings import load
from services.domain.entities import Task, TaskStatus
from services.domain.errors import BadRequest, NotAllowed, SealUnavailable, SettingsError
from services.domain.parameters import NOTHING_GIVEN, Given
from services.domain.values import (
    Failure,
    Finding,
    Grade,
    Outcome,
    PolicyReport,
    Verdict,
)
from services.gateway.client import Gateway
from services.gateway.snippets import GatewaySnippets
from services.gateway.validation import GatewayValidator
from services.snippets.interface import Snippet
from services.store import Store, open_database
from services.tasks.admission import Admission, AdmissionLimits
from services.usecases.submissions import Submissions
from services.validation.examine import Examined
from services.workflows import Doorbell
from tests import builders
from tests.databases import database

TOKEN, CI = "t0ken-of-an-engineer", "t0ken-of-no-person"
NOTICED = PolicyReport(findings=(Finding("network", Grade.WARN, 2, "opens a connection"),))


async def examine(code: str, given: Given = NOTHING_GIVEN) -> Examined:
    match code:
        case "print arguments":
            return Examined(builders.passed(stdout=repr(given)))
        case "breaks":
            raise RuntimeError("/etc/secret path")
        case "unsealed":
            raise SealUnavailable("No sandbox can be made here.")
        case "nowhere":
            return Examined(Outcome(verdict=Verdict.UNAVAILABLE, detail="The cluster is away."))
        case "1/0":
            failure = Failure(
                "ZeroDivisionError", "division by zero", traceback="Traceback\nZeroDivisionError: …"
            )
            return Examined(
                Outcome(verdict=Verdict.FAILED, stdout="before\n", failure=failure, exit_code=1), NOTICED
            )
        case _:
            return Examined(builders.passed(value="3"))


class Snippets:
    async def run(self, code: str, *, limit: float = 30.0) -> Snippet:
        return Snippet("out\n", value=f"{code} in {limit:g}", engine="monty")


class Proposals:
    """Takes the place of the proposer: keeps in whose name it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.given: list[Given] = []

    async def propose(
        self, code: str, purpose: str, *, channel: str = "", user: str = "", given: Given = NOTHING_GIVEN
    ) -> Any:
        self.asked.append((user, channel))
        self.given.append(given)
        if code == "late":
            return builders.task(status=TaskStatus.WORKING), builders.session(thread_ts=""), None
        if code == "bad":
            raise BadRequest("Name a channel.")
        task: Task = builders.proposed_task(prompt=purpose)
        return task, builders.session(), builders.proposal()


@pytest.fixture
async def proposals() -> Proposals:
    return Proposals()


@pytest.fixture
async def url(proposals: Proposals) -> AsyncGenerator[str]:
    holders = tokens.Holders(Tokens.read(f"UENGINEER={TOKEN}, ci={CI}"))
    made = server(Hands(examine, Snippets(), cast("Submissions", proposals)), holders)
    async with serving(command.web(made, holders), 0, lifespan=True) as port:
        yield f"http://127.0.0.1:{port}/mcp"


@asynccontextmanager
async def connected(url: str, token: str = TOKEN) -> AsyncGenerator[Client]:
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        yield client


def said(result: CallToolResult) -> str:
    return "".join(block.text for block in result.content if isinstance(block, TextContent))


@pytest.mark.parametrize("header", [None, "Bearer wrong", f"Basic {TOKEN}", "Bearer", "Bearer t0ken"])
async def test_only_holders_of_tokens_come_in(url: str, header: str | None):
    async with httpx2.AsyncClient() as http:
        answer = await http.post(url, json={}, headers={"Authorization": header} if header else {})
    assert answer.status_code == 401


async def test_each_tool_promises_what_it_answers(url: str):
    async with connected(url) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"validate_ray_code", "run_python", "propose_run"}
        for tool in tools.values():
            assert tool.output_schema
            assert tool.description
        passed = await client.call_tool("validate_ray_code", {"code": "1 + 2", "ray_cluster_ip": "10.0.0.5"})
        failed = await client.call_tool("validate_ray_code", {"code": "1/0"})
        computed = await client.call_tool("run_python", {"code": "6 * 7", "timeout": 5})
    assert passed.structured_content["success"] is True
    assert passed.structured_content["output"] == "Result: 3\n"
    assert (failed.is_error, failed.structured_content["success"]) == (False, False)
    assert failed.structured_content["error"].startswith("Traceback")
    assert failed.structured_content["policy"] == [
        {"line": 2, "grade": "warn", "message": "opens a connection"}
    ]
    assert computed.structured_content["statusCode"] == 200
    assert computed.structured_content["body"]["value"] == "6 * 7 in 5"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("unsealed", ": No sandbox can be made here."),
        ("nowhere", ": The cluster is away."),
        ("breaks", ""),
    ],
)
async def test_an_error_is_a_sentence(url: str, code: str, sentence: str):
    async with connected(url) as client:
        result = await client.call_tool("validate_ray_code", {"code": code})
    assert result.is_error
    assert said(result) == f"Error executing tool validate_ray_code{sentence}"


async def test_a_proposal_is_pending_and_in_its_holders_name(url: str, proposals: Proposals):
    asked = {"code": "print(3)", "purpose": "Adds."}
    async with connected(url) as client:
        pending = (await client.call_tool("propose_run", {**asked, "channel": "COTHER"})).structured_content
        late = (await client.call_tool("propose_run", {**asked, "code": "late"})).structured_content
        bad = await client.call_tool("propose_run", {**asked, "code": "bad"})
    async with connected(url, CI) as client:
        await client.call_tool("propose_run", asked)
    assert (pending["status"], pending["sha256"]) == ("pending_approval", builders.ADD.sha256)
    assert "once a person approves it" in pending["message"]
    assert (late["status"], late["proposal_id"]) == ("queued", None)
    assert said(bad).endswith(": Name a channel.")
    assert proposals.asked == [("UENGINEER", "COTHER"), ("UENGINEER", ""), ("UENGINEER", ""), ("", "")]


async def test_values_and_arguments_go_with_a_program(url: str, proposals: Proposals):
    given = {"parameters": {"rows": 7}, "arguments": ["--days", "7", "two words; $(id)"]}
    header = "# /// script\n# [tool.raygen.parameters]\n# rows = { default = 5, max = 9 }\n# ///\n"
    async with connected(url) as client:
        await client.call_tool("propose_run", {"code": header, "purpose": "Adds.", **given})
        validated = await client.call_tool(
            "validate_ray_code", {"code": "print arguments", "arguments": given["arguments"]}
        )
        for wrong, sentence in (
            ({"parameters": {"rows": 10}}, "`rows` must be at most 9."),
            ({"parameters": {"rows": None}}, "`rows` must be a whole number."),
            ({"parameters": {"rows": [1]}}, "`rows` must be a whole number."),
            ({"parameters": {"days": 1}}, "The program has no parameter `days`. It has `rows`."),
            ({"arguments": ["a\nb"]}, "Argument 1 must not contain control characters, such as line breaks."),
            ({"arguments": ["a"] * 101}, "arguments must have at most 100 entries."),
            ({"arguments": [1]}, "arguments.0 must be text."),
        ):
            refused = await client.call_tool("validate_ray_code", {"code": header, **wrong})
            assert said(refused) == f"Error executing tool validate_ray_code: {sentence}"
    words = ("--days", "7", "two words; $(id)")
    assert proposals.given == [Given(values={"rows": 7}, arguments=words)]
    assert validated.structured_content["output"] == repr(Given(arguments=words))


async def test_one_raygen_is_the_gateway_of_another(proposals: Proposals):
    made = server(Hands(examine, Snippets()))
    async with serving(made.streamable_http_app(), 0, lifespan=True) as port:
        gateway = Gateway(f"http://127.0.0.1:{port}/mcp")
        validator = GatewayValidator(gateway, "validate_ray_code")
        async with validator.lease() as lease:
            outcomes = [await lease.validate(code) for code in ("1 + 2", "1/0", "nowhere")]
        snippet = await GatewaySnippets(gateway, "run_python").run("6 * 7", limit=5)
    assert [each.verdict for each in outcomes] == [Verdict.PASSED, Verdict.FAILED, Verdict.UNAVAILABLE]
    assert (outcomes[0].stdout, outcomes[0].value, outcomes[0].wall) == ("Result: 3\n", "3", 0.42)
    assert outcomes[2].detail == "The tool behind the MCP gateway failed: The cluster is away."
    assert snippet == Snippet("out\n", value="6 * 7 in 5", engine="monty")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "raygen.example"])
async def test_nobody_is_served_elsewhere_without_tokens(host: str):
    with pytest.raises(SettingsError, match="requires RAYGEN_API_TOKENS"):
        await command.http(load(api_tokens=None), host, 0)


async def test_who_proposes_for_no_workspace_reads_how_to_name_it(tmp_path: Path):
    async with open_database(database(tmp_path)) as engine:
        store = Store(engine)
        admission = Admission(store, limits=AdmissionLimits(workspaces={"T1"}), teams=None)
        submissions = Submissions(
            store=store,
            doorbell=cast("Doorbell", None),
            admission=admission,
            channel="C1",
            user="UENGINEER",
            timeout=0.0,
        )
        with pytest.raises(NotAllowed, match="Pass the channel with its workspace, as `T…/C…`"):
            await submissions.propose("print(1)", "Prints.")
