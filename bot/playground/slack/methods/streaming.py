"""chat.startStream, appendStream and stopStream."""

from dataclasses import replace
from typing import Any

from bot.playground.slack.blockkit.blocks import BLOCKS
from bot.playground.slack.blockkit.check import message_blocks, refuse
from bot.playground.slack.blockkit.schema import Check, Report, anything, items, one_of, shape, string, typed
from bot.playground.slack.errors import SlackError, arguments_missing
from bot.playground.slack.methods.author import signed
from bot.playground.slack.methods.call import Call, Method
from bot.playground.slack.methods.content import content

Json = dict[str, Any]

CHUNKS: dict[str, Check] = {
    "markdown_text": shape(["text"], text=string(40_000)),
    "plan_update": shape(["title"], title=string(256)),
    "task_update": shape(
        ["id", "title"],
        id=string(255),
        title=string(256),
        status=one_of("pending", "in_progress", "complete", "error"),
        details=string(40_000),
        output=string(40_000),
        sources=anything,
    ),
    "blocks": shape(["blocks"], blocks=items(typed(BLOCKS), most=50)),
}


def start(call: Call) -> Json:
    channel = call.state.people.joined(call.text("channel"))
    thread_ts = call.text("thread_ts")
    if not thread_ts and channel["is_im"]:
        raise arguments_missing("thread_ts")
    if not channel["is_im"]:
        _check_recipient(call)
    display = call.text("task_display_mode", "timeline")
    if display not in ("timeline", "plan", "dense"):
        raise SlackError("invalid_arguments")
    chunks = _chunks(call)
    place = {"thread_ts": thread_ts} if thread_ts else {}
    message = call.state.streams.start(channel["id"], {**signed(call), **place}, chunks, display)
    if thread_ts:
        call.state.threads.clear_status(channel["id"], message["thread_ts"])
    return {"channel": channel["id"], "ts": message["ts"]}


def append(call: Call) -> Json:
    channel, ts = _own_stream(call)
    chunks = _chunks(call)
    if not chunks:
        raise SlackError("no_text")
    call.state.streams.append(channel, ts, chunks)
    return {"channel": channel, "ts": ts}


def stop(call: Call) -> Json:
    channel, ts = _own_stream(call)
    chunks = _chunks(call)
    fields = content(replace(call, arguments=_only(call, "metadata")))
    blocks = message_blocks(call.objects("blocks", "invalid_blocks_format"), call.rules)
    message = call.state.streams.stop(channel, ts, chunks, fields, blocks)
    if status := call.text("session_status"):
        call.state.threads.set(channel, message.get("thread_ts", ts), session_status=status)
    shown = call.state.messages.show(message, metadata=True)
    return {"channel": channel, "ts": ts, "message": shown}


def _only(call: Call, name: str) -> Json:
    return {name: call.arguments[name]} if name in call.arguments else {}


def _own_stream(call: Call) -> tuple[str, str]:
    channel = call.state.people.joined(call.text("channel"))["id"]
    message = call.state.messages.get(channel, call.need("ts"))
    if message.get("bot_id") != call.state.workspace.bot:
        raise SlackError("message_not_owned_by_app")
    call.state.streams.open_one(channel, message["ts"])
    return channel, message["ts"]


def _check_recipient(call: Call) -> None:
    for name in ("recipient_user_id", "recipient_team_id"):
        if not call.text(name):
            raise SlackError(f"missing_{name}")
    call.state.people.user(call.text("recipient_user_id"))


def _chunks(call: Call) -> list[Json]:
    chunks = call.objects("chunks", "invalid_chunks")
    report = Report()
    items(typed(CHUNKS), most=100, least=0)(chunks, "/chunks", report)
    refuse(report, "invalid_chunks")
    if text := call.text("markdown_text"):
        chunks = [{"type": "markdown_text", "text": text}, *chunks]
    # The limit is for each chunk, not for what has been streamed so far.
    for chunk in chunks:
        if len(chunk.get("text", "")) > call.rules.stream_text:
            raise SlackError("msg_too_long")
    return [chunk for chunk in chunks if chunk.get("text") != ""]


METHODS: dict[str, Method] = {
    "chat.startStream": start,
    "chat.appendStream": append,
    "chat.stopStream": stop,
}
