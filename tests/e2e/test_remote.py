"""From a sentence to a result with every piece remote, and with each piece embedded: the same for people, streaming.

All pieces: Slack -> bot -> boto3 -> AgentCore's app server -> supervisor -> MCP client -> gateway -> boto3 -> Lambda's
runtime client -> the Ray cluster. The table of combinations is printed at the end; RAYGEN_COMBINATIONS=all tries all
24, also with some pieces reached in other ways.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot.agentcore import server as agentcore
from bot.playground.anthropic import ModelStandIn
from bot.playground.slack.server import SlackStandIn
from services.execution.profiling import KIND
from tests import remote
from tests.e2e.playground import Json, Playground, flat
from tests.standins import agentcore as aws
from tests.standins import gateway
from tests.standins.agentcore import DataPlane
from tests.standins.gateway import GatewayStandIn
from tests.standins.lambda_service import LambdaService, lambda_service
from tests.standins.lambda_target import LambdaTarget
from tests.standins.tokens import Tokens

pytestmark = pytest.mark.asyncio(loop_scope="session")
CHANNEL = "CRAY"


@dataclass(frozen=True)
class Pieces:
    """Where each of them is, in the settings' words; `gateway` is a gateway with a Lambda behind it."""

    supervisor: str = "agentcore"
    validation: str = "gateway"
    snippets: str = "gateway"

    def __str__(self) -> str:
        return f"{self.supervisor}-{self.validation}-{self.snippets}"


REMOTE = Pieces()
EVERY = [
    Pieces(*each)
    for each in product(
        ("agentcore", "embedded"), ("gateway", "lambda", "cluster", "sealed"), ("gateway", "lambda", "on")
    )
]
CHOSEN = [
    REMOTE,
    replace(REMOTE, supervisor="embedded"),
    replace(REMOTE, validation="sealed"),
    replace(REMOTE, snippets="on"),
]
COMBINATIONS = EVERY if os.environ.get("RAYGEN_COMBINATIONS") == "all" else CHOSEN
WHERE = {
    "gateway": "through the MCP gateway",
    "lambda": "by the Lambda validate",
    "cluster": "on the validation cluster",
    "sealed": "in a sealed Ray cluster",
}


@dataclass
class Counts:
    """What has come by on each way, and what the cluster has had to do."""

    runtime: int
    validations: int
    snippets: int
    lambdas: int
    jobs: int

    def since(self, before: Counts) -> Counts:
        return Counts(
            *(now - then for now, then in zip(vars(self).values(), vars(before).values(), strict=True))
        )


def expected(pieces: Pieces) -> Counts:
    """For a program with its run, and a small question."""
    behind = [pieces.validation in {"gateway", "lambda"}, pieces.snippets in {"gateway", "lambda"}]
    return Counts(
        runtime=2 * (pieces.supervisor == "agentcore"),
        validations=int(pieces.validation == "gateway"),
        snippets=int(pieces.snippets == "gateway"),
        lambdas=sum(behind),
        jobs=1 + (pieces.validation != "sealed"),
    )


@dataclass
class World:
    """The stand-ins, and the one Ray cluster that validates and runs."""

    slack: SlackStandIn
    cluster: Json
    play: Playground
    ray: Playground
    model: ModelStandIn
    lambdas: LambdaService
    gateway: GatewayStandIn
    tokens: Tokens
    folder: Path
    plane: DataPlane | None = None

    async def counts(self) -> Counts:
        called = [name for name, _ in self.gateway.calls]
        return Counts(
            runtime=len(self.plane.worked) if self.plane else 0,
            validations=sum("validate" in name for name in called),
            snippets=sum("python" in name for name in called),
            lambdas=len(self.lambdas.invocations),
            jobs=sum(KIND not in (job.get("metadata") or {}) for job in await self.ray.jobs()),
        )

    @asynccontextmanager
    async def bot(self, pieces: Pieces) -> AsyncGenerator[None]:
        """A bot with its pieces where they shall be, and none of them anywhere else."""
        address = str(self.cluster["address"])
        token = SecretStr(str(self.cluster["token"]))
        thinking: dict[str, Any] = {
            "anthropic_api_key": SecretStr("sk-test"),
            "anthropic_base_url": self.model.url,
            "validation": pieces.validation,
            "validation_token": token if pieces.validation == "cluster" else None,
            "validation_lambda": "validate",
            "snippets": pieces.snippets,
            "snippets_lambda": "snippets",
            "lambda_url": self.lambdas.url,
            "aws_region": "eu-central-1",
            "gateway_url": self.gateway.url,
            "gateway_auth": "jwt",
            "gateway_token_url": self.gateway.token_url,
            "gateway_client_id": self.tokens.client_id,
            "gateway_client_secret": SecretStr(self.tokens.client_secret),
            "gateway_scope": self.tokens.scope,
        }
        own: dict[str, Any] = {
            "state_dir": self.folder / str(pieces),
            "ray_address": address,
            "ray_auth_token": token,
            "validation_address": address,
        }
        async with AsyncExitStack() as stack:
            enter = stack.enter_async_context
            if pieces.supervisor == "agentcore":
                app = await enter(agentcore.serving(remote.settings(self.slack, **thinking)))
                self.plane = await enter(aws.data_plane(app))
                stack.callback(setattr, self, "plane", None)
                own |= {"supervisor": "agentcore", "agentcore_arn": aws.ARN, "agentcore_url": self.plane.url}
                thinking = {}
            await enter(remote.running(remote.settings(self.slack, **own, **thinking)))
            yield


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(play: Playground, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[World]:
    cluster = json.loads((play.state_dir / "playground" / "target" / "state.json").read_text())
    folder = tmp_path_factory.mktemp("remote")
    async with AsyncExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in remote.CREDENTIALS.items():
            patch.setenv(name, value)
        enter = stack.enter_async_context
        slack, tokens = SlackStandIn(), Tokens()
        address = await enter(slack.serve())
        model = await enter(ModelStandIn(pace=0.4).serve())
        lambdas = await enter(lambda_service())
        secret = {"RAY_AUTH_TOKEN": str(cluster["token"])}
        lambdas.deploy("validate", "bot.lambdas.validation.handler", environment=secret, timeout=75)
        lambdas.deploy("snippets", "bot.lambdas.snippets.handler", timeout=45)
        tools = {
            "validation": LambdaTarget(lambdas.url, "validate"),
            "snippets": LambdaTarget(lambdas.url, "snippets", gateway.names.SNIPPETS),
        }
        front = await enter(gateway.serving(**tools, auth=tokens))
        http = await enter(aiohttp.ClientSession())
        people = Playground(folder, int(address.rpartition(":")[2]), http)
        yield World(slack, cluster, people, play, model, lambdas, front, tokens, folder)


@pytest.fixture(scope="module")
def rows(request: pytest.FixtureRequest) -> Generator[list[str]]:
    """The lines of the table."""
    rows: list[str] = []
    yield rows
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("\n".join(["", _row(*_HEAD), *rows]))  # noqa: T201  # the point of it


_HEAD = ("supervisor", "validation", "snippets", "stages", "words", "proposal", "result", "answer")


def _row(*cells: object) -> str:
    return "".join(f"{cell:<13}" for cell in cells)


@pytest.mark.parametrize("pieces", COMBINATIONS, ids=str)
async def test_from_a_sentence_to_a_result(world: World, rows: list[str], pieces: Pieces):
    play = world.play
    async with world.bot(pieces):
        before, began = await world.counts(), time.monotonic()
        with world.slack.state.feed.listen() as changes:
            program, question = await play.command("add 1 and 2"), await play.command("what's 15% of 2847?")
            card, answer = await asyncio.gather(
                program.with_button("Approve & run"), question.with_text("Answered by")
            )
            seen = _streamed(changes, str(card["ts"]))
        proposed = time.monotonic() - began
        assert WHERE[pieces.validation] in flat(card)
        assert "Result: 3" in flat(card)
        assert "427.05" in flat(answer)
        result = await program.approve_and_wait(user="UAPPROVER")
        assert "Result: 3" in result["text"]
        assert len(await question.replies()) == 1
        assert len(await program.replies()) == 2
        counts = (await world.counts()).since(before)
    assert counts == expected(pieces)
    assert len(seen.stages) >= 3
    assert seen.words
    took = time.monotonic() - began
    rows.append(
        _row(
            *vars(pieces).values(),
            len(seen.stages),
            seen.words,
            f"{proposed:.1f} s",
            f"{took:.1f} s",
            "427.05",
        )
    )


@dataclass(frozen=True)
class Streamed:
    """What a thread saw of the work while it went on: its stages, and how many states of its words."""

    stages: list[str]
    words: int


def _streamed(changes: asyncio.Queue[Any], ts: str) -> Streamed:
    stages: dict[str, None] = {}
    texts: dict[str, None] = {}
    while not changes.empty():
        message = changes.get_nowait().value.get("message") or {}
        if message.get("ts") != ts or message.get("streaming_state") != "in_progress":
            continue
        for block in message.get("blocks") or []:
            if block["type"] == "plan":
                stages |= dict.fromkeys(str(task["title"]) for task in block["tasks"])
        if message["text"]:
            texts[message["text"]] = None
    return Streamed(list(stages), len(texts))
