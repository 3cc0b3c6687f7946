"""Each fault of each hop between a person and the Ray cluster, with everything remote: one clear sentence, and nothing twice.

The table that this makes is printed at the end.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from pydantic import SecretStr

from bot.agentcore import server as agentcore
from bot.bootstrap import Bot
from bot.playground.anthropic import ModelStandIn
from bot.playground.slack.server import SlackStandIn
from bot.settings import Settings
from bot.wiring import agents as wired
from services.agentcore.client import RuntimeClient
from services.agentcore.remote import RemoteSupervisor
from services.gateway import auth
from services.gateway import validation as gateway_validation
from tests import remote
from tests.e2e.playground import Playground, Thread, button, flat, literal
from tests.standins import agentcore as aws
from tests.standins import gateway
from tests.standins.agentcore import DataPlane
from tests.standins.jobs_api import JobsApi, jobs_api
from tests.standins.lambda_service import LambdaService, lambda_service
from tests.standins.lambda_target import LambdaTarget
from tests.standins.relay import AWS, Fault, Refusals, Relay, relay
from tests.standins.tokens import Tokens
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")
# Seconds: how long a silent piece is waited for, where settings say it and where only tests do.
SILENCE, SHORT = 6.0, 2.0
RAY = "Lambda to Ray"
# The hops, each with what its sentences speak of.
HOPS = {
    "bot to AgentCore": "[Tt]he agent (runtime|session)",
    "runtime to model": "[Tt]he model|raygen's credentials",
    "runtime to gateway": "The (connection to the )?MCP gateway",
    "token endpoint": "MCP gateway's token endpoint",
    "gateway to Lambda": "The (tool behind the )?MCP gateway",
    RAY: "cluster",
}


@dataclass
class World:
    """A bot with everything remote, and the ways between its pieces."""

    play: Playground
    bot: Bot
    runtime: Settings
    plane: DataPlane
    ways: dict[str, Relay]
    target: LambdaTarget
    lambdas: LambdaService
    ray: JobsApi
    tokens: Tokens
    cells: dict[tuple[str, Fault], str] = field(default_factory=dict)

    @property
    def run(self) -> int:
        """How many programs have arrived at the end of the way."""
        ran = [each for each in self.lambdas.invocations if each.function == "passes"]
        return len(ran) + len(self.ray.submitted)

    @asynccontextmanager
    async def fresh_runtime(self, **changes: Any) -> AsyncGenerator[None]:
        """A runtime that remembers nothing, until it has nothing left to do. Raises TimeoutError."""
        async with agentcore.serving(self.runtime.model_copy(update=changes), beat=0.2) as self.plane.app:
            yield
            async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
                while True:
                    async with http.get(f"{self.plane.app}/ping") as answer:
                        if (await answer.json())["status"] == "Healthy":
                            return
                    await asyncio.sleep(0.02)


def _is_wish(_: web.Request, body: bytes) -> bool:
    return b'"wish"' in body


def _is_call(_: web.Request, body: bytes) -> bool:
    return b'"tools/call"' in body


def _posted(end: str) -> Any:
    return lambda request, _: request.method == "POST" and request.path.endswith(end)


@pytest.fixture(scope="module")
def short() -> Generator[pytest.MonkeyPatch]:
    """A bot that waits for its runtime for seconds, where by default it waits for minutes."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in remote.CREDENTIALS.items():
            patch.setenv(name, value)
        patch.setattr(wired, "RuntimeClient", partial(RuntimeClient, silence=SILENCE))
        patch.setattr(wired, "RemoteSupervisor", partial(RemoteSupervisor, pauses=(0.05,)))
        yield patch


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole(short: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[World]:
    folder: Path = tmp_path_factory.mktemp("remote")
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        slack, tokens = SlackStandIn(), Tokens()
        address = await enter(slack.serve())
        model = await enter(ModelStandIn(pace=0.0).serve())
        ray = await enter(jobs_api())
        to_ray = await enter(relay(ray.url, _posted("/api/jobs/"), Refusals(expired=(403, ""))))
        lambdas = await enter(lambda_service())
        passes = lambdas.deploy("passes", "tests.standins.functions.passes")
        secret = {"RAY_AUTH_TOKEN": "of-yesterday"}
        validates = lambdas.deploy("validate", "bot.lambdas.validation.handler", environment=secret)
        # Their processes are there when they are first asked, so that patience can be short.
        await asyncio.gather(passes.invoke(b"{}", ""), validates.invoke(b"{}", ""))
        validates.timeout = 8
        to_lambda = await enter(relay(lambdas.url, _posted("/invocations"), AWS))
        target = LambdaTarget(to_lambda.url, "passes")
        front = await enter(gateway.serving(validation=target, auth=tokens))
        door = front.url.removesuffix("/mcp")
        to_gateway, to_tokens = (
            await enter(relay(door, _is_call)),
            await enter(relay(door, _posted("/token"))),
        )
        to_model = await enter(relay(model.url, _posted("/messages")))
        runtime = remote.settings(
            slack,
            anthropic_api_key=SecretStr("sk-test"),
            anthropic_base_url=to_model.url,
            validation="gateway",
            validation_wall=SHORT,
            snippets="off",
            gateway_url=f"{to_gateway.url}/mcp",
            gateway_auth="jwt",
            gateway_token_url=f"{to_tokens.url}/oauth2/token",
            gateway_client_id=tokens.client_id,
            gateway_client_secret=SecretStr(tokens.client_secret),
            gateway_scope=tokens.scope,
        )
        plane = await enter(aws.data_plane(""))
        to_runtime = await enter(relay(plane.url, _is_wish, AWS))
        chosen = remote.settings(
            slack,
            state_dir=folder,
            supervisor="agentcore",
            agentcore_arn=aws.ARN,
            agentcore_url=to_runtime.url,
            validation_address=to_ray.url,
            model_deadline=SILENCE,
            ray_address="http://127.0.0.1:9",
        )
        bot = await enter(remote.running(chosen))
        http = await enter(aiohttp.ClientSession())
        play = Playground(folder, int(address.rpartition(":")[2]), http)
        way = (to_runtime, to_model, to_gateway, to_tokens, to_lambda, to_ray)
        ways = dict(zip(HOPS, way, strict=True))
        yield World(play, bot, runtime, plane, ways, target, lambdas, ray, tokens)


@pytest.fixture(scope="module")
def world(whole: World, request: pytest.FixtureRequest) -> Generator[World]:
    yield whole
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(_table(whole.cells))  # noqa: T201  # the point of it


def _table(cells: dict[tuple[str, Fault], str]) -> str:
    rows = [f"{hop:<20}{fault.value:<16}{said}" for (hop, fault), said in cells.items()]
    return "\n".join(["", f"{'hop':<20}{'fault':<16}the thread's last word (programs that ran)", *rows])


async def test_without_a_fault_it_is_a_proposal_and_an_expired_token_is_renewed(world: World):
    async with world.fresh_runtime(validation_address=world.ways[RAY].url):
        thread = await world.play.command("add 1 and 2")
        assert "through the MCP gateway" in flat(await thread.with_button("Approve & run"))
        assert (world.run, world.tokens.asked) == (1, 1)
        world.tokens.expire()
        thread = await world.play.command("add 1 and 2")
        await thread.with_button("Approve & run")
        assert (world.run, world.tokens.asked) == (2, 2)
    parts = [each.part for each in await world.bot.readiness()]
    assert parts == ["target cluster"], "where the runtime validates, the bot needs no seal of its own"


@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.value)
@pytest.mark.parametrize("hop", HOPS)
async def test_a_fault_is_one_sentence_and_nothing_is_run_twice(
    world: World, monkeypatch: pytest.MonkeyPatch, hop: str, fault: Fault
):
    way, before = world.ways[hop], (world.run, world.ways[hop].met)
    with monkeypatch.context() as patch:
        if hop == RAY:
            patch.setattr(world.target, "function", "validate")
        elif fault is Fault.HANG:
            patch.setattr(world.target, "patience", SHORT)
            patch.setattr(auth, "_TIMEOUT", SHORT)
            patch.setattr(gateway_validation, "_GRACE", 2 * SHORT)
        async with world.fresh_runtime(), way.meeting(fault):
            thread = await world.play.command("add 1 and 2")
            card = await thread.with_button("Try again")
            await _is_the_last_word(thread)
    said, ran, met = literal(card), world.run - before[0], way.met - before[1]
    world.cells[hop, fault] = f"{said} ({ran})"
    assert met or fault is Fault.REFUSED, "the fault was met"
    assert ran <= (0 if fault.certain else 1), "nothing runs twice, and nothing that was refused"
    assert re.search(HOPS[hop], said), said
    assert re.fullmatch(r"[A-Z][^\n<>{}]{20,200}[.]", said), said
    assert not re.search("Error|Exception|Traceback", said), said
    if fault is Fault.HALF:
        async with world.fresh_runtime():
            await thread.click(card, "Try again")
            await thread.with_button("Approve & run")


async def _is_the_last_word(thread: Thread) -> None:
    (only,) = await thread.replies()
    assert button(only, "Stop") is None
    assert only.get("streaming_state") != "in_progress"
