"""Streams, statuses and agent sessions."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.models.messages.chunk import MarkdownTextChunk, PlanUpdateChunk, TaskUpdateChunk
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.rules import Rules
from bot.playground.slack.server import SlackStandIn
from tests.contract.slack.people import People, bot, client_at, people_at
from tests.waiting import PATIENCE, until

Json = dict[str, Any]

TO = {"recipient_user_id": "UENGINEER", "recipient_team_id": "TRAYGEN"}


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as refusal:
        await call
    return refusal.value.response["error"]


async def test_a_stream_becomes_a_message(client: AsyncWebClient, people: People) -> None:
    root = (await people.say("hello"))["ts"]
    stream = await client.chat_stream(
        channel="CRAY", thread_ts=root, **TO, buffer_size=4, task_display_mode="plan"
    )
    await stream.append(markdown_text="**One** ")
    await stream.append(
        chunks=[
            PlanUpdateChunk(title="Work"),
            TaskUpdateChunk(id="1", title="Generate", status="in_progress"),
        ]
    )
    await stream.append(
        chunks=[TaskUpdateChunk(id="1", title="Generated", status="complete", details="in 2 s")]
    )
    [message] = (await people.messages())[0]["replies"]
    assert message["streaming_state"] == "in_progress"
    finished = await stream.stop(
        markdown_text="two", blocks=[{"type": "divider"}], metadata={"event_type": "e", "event_payload": {}}
    )
    message = finished["message"]
    assert message["streaming_state"] == "completed"
    assert message["text"] == "**One** two"
    assert message["metadata"]["event_type"] == "e"
    assert [one["type"] for one in message["blocks"]] == ["markdown", "plan", "markdown", "divider"]
    plan = message["blocks"][1]
    assert (plan["title"], plan["tasks"][0]["title"], plan["tasks"][0]["status"]) == (
        "Work",
        "Generated",
        "complete",
    )


async def test_say_stream_and_set_status_of_bolt() -> None:
    def add(app: AsyncApp) -> None:
        @app.event("app_mention")
        async def mention(set_status: Any, say_stream: Any) -> None:
            await set_status("is thinking", loading_messages=["Warming up"])
            stream = await say_stream()
            await stream.append(markdown_text="hello")
            await stream.stop()

        @app.event("message")
        async def message() -> None: ...

    # Not in a hurry: a mention that comes twice is answered twice.
    slack = SlackStandIn(rules=Rules(ack_timeout=PATIENCE))
    async with slack.serve(), people_at(slack.url) as people, bot(client_at(slack.api_url), add):
        ts = (await people.say("@raygen hi"))["ts"]

        async def answered() -> list[Json]:
            replies = (await people.messages())[0]["replies"]
            return [one for one in replies if one["streaming_state"] == "completed"]

        [reply] = await until(answered)
        assert reply["text"] == "hello"
        assert reply["thread_ts"] == ts
        assert (await people.get("/play/channel/CRAY"))["threads"] == {}, "an answer clears the status"


async def test_what_streams_refuse(client: AsyncWebClient, people: People) -> None:
    root = (await people.say("hello"))["ts"]
    at = {"channel": "CRAY", "thread_ts": root}
    assert await refused(client.chat_startStream(**at)) == "missing_recipient_user_id"
    assert (
        await refused(client.chat_startStream(channel="CRAY", thread_ts="1.000002", **TO))
        == "thread_not_found"
    )
    ts = (await client.chat_startStream(**at, **TO, markdown_text="a"))["ts"]
    mine = {"channel": "CRAY", "ts": ts}
    assert await refused(client.chat_appendStream(**mine)) == "no_text"
    assert await refused(client.chat_appendStream(**mine, markdown_text="x" * 12_001)) == "msg_too_long"
    assert await refused(client.chat_appendStream(**mine, chunks=[{"type": "poem"}])) == "invalid_chunks"
    assert await refused(client.chat_update(**mine, text="x")) == "streaming_state_conflict"
    assert await refused(client.chat_delete(**mine)) == "cant_delete_message"
    assert (
        await refused(client.chat_appendStream(channel="CRAY", ts=root, markdown_text="x"))
        == "message_not_owned_by_app"
    )
    await client.chat_stopStream(**mine)
    assert (
        await refused(client.chat_appendStream(**mine, markdown_text="x")) == "message_not_in_streaming_state"
    )
    assert await refused(client.chat_stopStream(**mine)) == "message_not_in_streaming_state"
    assert (await client.chat_update(**mine, text="now"))["ok"]


async def test_a_stream_in_a_direct_message_needs_no_recipient(
    client: AsyncWebClient, people: People
) -> None:
    root = (await people.say("hello", channel="DENGINEER"))["ts"]
    started = await client.chat_startStream(
        channel="DENGINEER", thread_ts=root, chunks=[MarkdownTextChunk(text="a")]
    )
    assert (await client.chat_stopStream(channel="DENGINEER", ts=started["ts"]))["message"]["text"] == "a"


async def test_streams_and_statuses_expire() -> None:
    slack = SlackStandIn(rules=Rules(stream_expiry=0.2, status_expiry=0.2))
    async with slack.serve() as url, people_at(url) as people:
        client = client_at(slack.api_url)
        root = (await people.say("hello"))["ts"]
        ts = (await client.chat_startStream(channel="CRAY", thread_ts=root, **TO, markdown_text="a"))["ts"]
        await client.assistant_threads_setStatus(channel_id="CRAY", thread_ts=root, status="is thinking")
        place = await people.get("/play/channel/CRAY")
        assert place["threads"][root]["status"] == "is thinking"

        async def over() -> bool:
            found = await people.get("/play/channel/CRAY")
            [reply] = found["messages"][0]["replies"]
            return reply["streaming_state"] == "errored" and root not in found["threads"]

        await until(over)
        late = client.chat_appendStream(channel="CRAY", ts=ts, markdown_text="b")
        assert await refused(late) == "message_not_in_streaming_state"


async def test_assistant_threads_and_sessions(client: AsyncWebClient, people: People) -> None:
    started = await people.post("/play/assistant", user="UENGINEER")
    at = {"channel_id": started["channel"], "thread_ts": started["thread_ts"]}
    await client.assistant_threads_setTitle(**at, title="Pi")
    await client.assistant_threads_setSuggestedPrompts(
        **at, prompts=[{"title": "Pi", "message": "estimate pi"}]
    )
    assert await refused(client.agents_sessions_rename(**at, title="x")) == "session_not_found"
    await client.agents_sessions_setStatus(**at, status="processing")
    await client.agents_sessions_rename(**at, title="Estimate pi")
    thread = (await people.get("/play/channel/DENGINEER"))["threads"][started["thread_ts"]]
    assert (thread["title"], thread["session_status"]) == ("Estimate pi", "processing")
    assert thread["prompts"][0]["message"] == "estimate pi"
    nowhere = client.assistant_threads_setStatus(channel_id="CRAY", thread_ts="1.000001", status="x")
    assert await refused(nowhere) == "thread_not_found"


async def test_slacks_own_stop_button_ends_the_streams_and_tells_the_bot(
    client: AsyncWebClient, people: People
) -> None:
    heard: list[Json] = []

    def add(app: AsyncApp) -> None:
        @app.event("agent_session_stopped")
        async def stopped(event: Json) -> None:
            heard.append(event)

        @app.event("message")
        async def message() -> None: ...

    async with bot(client, add):
        root = (await people.say("hello"))["ts"]
        at = {"channel": "CRAY", "thread_ts": root}
        early = await people.post("/play/stop", user="UENGINEER", **at)
        assert early["error"] == "not_processing"
        ts = (await client.chat_startStream(**at, **TO, markdown_text="a"))["ts"]
        await client.agents_sessions_setStatus(channel_id="CRAY", thread_ts=root, status="processing")
        stopped = await people.post("/play/stop", user="UENGINEER", **at)
        assert stopped["stopped"] == [ts]

        async def reported() -> bool:
            return bool(heard)

        await until(reported)
    assert (heard[0]["user"], heard[0]["streaming_message_ts"]) == ("UENGINEER", [ts])
    late = client.chat_appendStream(channel="CRAY", ts=ts, markdown_text="b")
    assert await refused(late) == "message_not_in_streaming_state"
