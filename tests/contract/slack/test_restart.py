"""What survives: the state in its file, over an orderly restart and over SIGKILL."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.playground.slack.server import SlackStandIn
from tests.contract.slack.people import QUICK, client_at, line, people_at
from tests.waiting import PATIENCE

Json = dict[str, Any]

ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def process(state: Path) -> AsyncGenerator[str]:
    """A stand-in that ends by SIGKILL."""
    command = (sys.executable, "-m", "tests.contract.slack.killable", str(state))
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        assert child.stdout
        url = await asyncio.wait_for(child.stdout.readline(), 20)
        yield url.decode().strip()
    finally:
        child.kill()
        await asyncio.wait_for(child.wait(), PATIENCE)


async def test_a_killed_workspace_comes_back_whole(tmp_path: Path) -> None:
    state = tmp_path / "slack.db"
    async with process(state) as url, people_at(url) as people:
        client = client_at(f"{url}/api/")
        async with line(client) as wire:
            said = await people.say("@raygen hello")
            unanswered = await wire.event()
        marker = {"event_type": "raygen", "event_payload": {"task": "t_1"}}
        await client.chat_postMessage(channel="CRAY", text="reply", thread_ts=said["ts"], metadata=marker)
        await client.files_upload_v2(channel="CRAY", content="kept", filename="a.txt")
        await client.chat_postEphemeral(channel="CRAY", user="UENGINEER", text="psst")
        await client.views_publish(user_id="UENGINEER", view={"type": "home", "blocks": []})
        before = await people.get("/play/channel/CRAY?user=UENGINEER")
    slack = SlackStandIn(state_path=state, rules=QUICK)
    async with slack.serve() as url, people_at(url) as people:
        client = client_at(slack.api_url)
        after = await people.get("/play/channel/CRAY?user=UENGINEER")
        assert _texts(after) == _texts(before)
        file = next(one["files"][0] for one in after["messages"] if "files" in one)
        assert file["play_url"].startswith(url)
        async with people.http.get(file["play_url"]) as response:
            assert await response.text() == "kept"
        assert (await people.get("/play/views/UENGINEER"))["home"]
        replies = await client.conversations_replies(channel="CRAY", ts=said["ts"], include_all_metadata=True)
        assert replies["messages"][1]["metadata"] == marker
        async with line(client) as wire:
            again = await wire.event()
            assert again["payload"] == unanswered["payload"]
            assert again["retry_attempt"] >= 1
        later = await client.chat_postMessage(channel="CRAY", text="later")
        assert float(later["ts"]) > max(float(one["ts"]) for one in after["messages"])


async def test_streams_go_on_after_a_restart(tmp_path: Path) -> None:
    slack = SlackStandIn(state_path=tmp_path / "slack.db", rules=QUICK)
    async with slack.serve() as url, people_at(url) as people:
        root = (await people.say("hello", channel="DENGINEER"))["ts"]
        started = await client_at(slack.api_url).chat_startStream(
            channel="DENGINEER", thread_ts=root, markdown_text="be"
        )
    async with slack.serve():
        client = client_at(slack.api_url)
        await client.chat_appendStream(channel="DENGINEER", ts=started["ts"], markdown_text="fore")
        stopped = await client.chat_stopStream(channel="DENGINEER", ts=started["ts"])
    assert stopped["message"]["text"] == "before"


async def test_acknowledged_events_stay_acknowledged(tmp_path: Path) -> None:
    slack = SlackStandIn(state_path=tmp_path / "slack.db", rules=QUICK)
    async with slack.serve() as url, people_at(url) as people, line(client_at(slack.api_url)) as wire:
        await people.say("hello")
        await wire.ack(await wire.event())
        await wire.socket.ping()
        assert await wire.silence(0.05)
    async with slack.serve(), line(client_at(slack.api_url)) as wire:
        assert await wire.silence(QUICK.ack_timeout)


def _texts(place: Json) -> list[Any]:
    return [
        (one["ts"], one["text"], [reply["text"] for reply in one["replies"]]) for one in place["messages"]
    ]
