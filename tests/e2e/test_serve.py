"""`raygen serve` as a command: the API and Slack's HTTP mode on one port, over a real seal and a real cluster.

Stand-ins are the model, which is the cookbook, and Slack; both over their real protocols.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import socket
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio

from bot.playground.anthropic import ModelStandIn
from bot.playground.slack.server import BOT_TOKEN
from tests.e2e.playground import Json, Playground, flat
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOKEN = "ann-" + "a" * 20
SIGNING = "the-signing-secret-of-the-app"
JSON = {"Content-Type": "application/json"}


@dataclass
class Server:
    """The running command, and the playground whose Slack and target it uses."""

    url: str
    play: Playground

    async def curl(self, path: str, body: str) -> Json:
        """What `curl -H 'Content-Type: application/json' -d BODY` gets, with a token."""
        sent = {**JSON, "Authorization": f"Bearer {TOKEN}"}
        async with self.play.http.post(self.url + path, data=body, headers=sent) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def slack(self, form: dict[str, str], *, at: float | None = None, secret: str = SIGNING) -> str:
        """Sends what Slack would; the status and the body of the answer."""
        body, stamp = urlencode(form), str(int(at or time.time()))
        signed = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={signed}",
        }
        async with self.play.http.post(f"{self.url}/slack/events", data=body, headers=sent) as answer:
            return f"{answer.status} {await answer.text()}".strip()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server(play: Playground, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Server]:
    state: Path = tmp_path_factory.mktemp("serve")
    target = json.loads((play.state_dir / "playground" / "target" / "state.json").read_text())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    async with ModelStandIn().serve() as model:
        chosen = {
            "ANTHROPIC_API_KEY": "sk-test",
            "ANTHROPIC_BASE_URL": model.url,
            "RAYGEN_MODEL": "cookbook",
            "RAYGEN_GENERATOR_MODEL": "cookbook",
            "RAYGEN_STATE_DIR": str(state),
            "RAYGEN_API_PORT": str(port),
            "RAYGEN_API_TOKENS": f"ann+approve={TOKEN}",
            "RAY_ADDRESS": target["address"],
            "RAY_AUTH_TOKEN": target["token"],
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING,
            "SLACK_API_URL": f"{play.url}/api/",
        }
        with (state / "serve.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", env={**os.environ, **chosen}, stdout=log, stderr=log
            )
        serving = Server(f"http://127.0.0.1:{port}", play)
        try:
            await play.wait(lambda: _healthy(serving), "raygen serve did not come up")
            yield serving
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), PATIENCE)
            assert process.returncode == 0, (state / "serve.log").read_text()


async def _healthy(server: Server) -> bool:
    with suppress(aiohttp.ClientError):
        async with server.play.http.get(f"{server.url}/health") as answer:
            return bool((await answer.json())["ready"])
    return False


async def test_the_two_curl_examples_work_as_they_are_written(server: Server):
    asked = '{"prompt": "Create a Ray task that returns Hello", "session_id": "test"}'
    generated = await server.curl("/generate", asked)
    assert (generated["success"], generated["session_id"]) == (True, "test")
    assert "ray" in generated["program"]["code"]
    assert "Hello" in generated["validation"]["output"]
    brought = r'{"code": "import ray\nray.init()\nprint(\"Hello\")", "session_id": "test"}'
    executed = await server.curl("/execute", brought)
    assert (executed["success"], executed["session_id"]) == (True, "test")
    assert executed["validation"]["output"] == "Hello\n"
    assert executed["run"]["result"]["output"] == "Hello\n"
    assert executed["run"]["id"] in {job["submission_id"] for job in await server.play.jobs()}


async def test_slack_is_heard_at_the_same_port_if_it_is_slack(server: Server):
    form = {
        "command": "/raygen",
        "text": "what is 15% of 2847?",
        "user_id": "UENGINEER",
        "channel_id": "CRAY",
        "team_id": "T1",
        "trigger_id": f"1.{time.time_ns()}",
        "response_url": f"{server.play.url}/none",
    }
    assert await server.slack(form, secret="another") == "401"
    assert await server.slack(form, at=time.time() - 400) == "401"
    before = {message["ts"] for message in await server.play.messages("CRAY")}
    assert await server.slack(form) == "200"
    root = await server.play.wait(lambda: server.play.new_root("CRAY", before), "there is no thread")
    answer = await server.play.thread("CRAY", root["ts"]).with_text("427.05")
    assert "15%" in flat(root)
    assert answer
