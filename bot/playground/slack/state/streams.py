"""Streaming messages: chunks folded into blocks, until stopped or too old."""

import time
from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.rules import Rules
from bot.playground.slack.state.documents import Documents
from bot.playground.slack.state.messages import Messages

Json = dict[str, Any]


class Streams:
    """An open stream is `{channel, ts, display, expires, plan, parts}`; parts become the message's blocks."""

    def __init__(self, documents: Documents, messages: Messages, rules: Rules) -> None:
        self._documents = documents
        self._messages = messages
        self._rules = rules

    @property
    def all(self) -> dict[str, Json]:
        return self._documents.table("streams")

    def start(self, channel: str, fields: Json, chunks: list[Json], display: str) -> Json:
        message = self._messages.post(channel, {**fields, "text": "", "streaming_state": "in_progress"})
        expires = time.time() + self._rules.stream_expiry
        stream: Json = {
            "channel": channel,
            "ts": message["ts"],
            "display": display,
            "expires": expires,
            "plan": None,
            "parts": [],
        }
        return self._fold(stream, chunks) if chunks else self._save(stream, message)

    def append(self, channel: str, ts: str, chunks: list[Json]) -> None:
        self._fold(self.open_one(channel, ts), chunks)

    def stop(self, channel: str, ts: str, chunks: list[Json], fields: Json, blocks: list[Json]) -> Json:
        """Finish; `blocks` come below what was streamed, `fields` may hold metadata."""
        stream = self.open_one(channel, ts)
        if chunks:
            self._fold(stream, chunks)
        body = [*rendered(stream), *blocks]
        self._documents.drop("streams", f"{channel}/{ts}")
        finished = {"streaming_state": "completed", "blocks": body or None, **fields}
        return self._messages.change(channel, ts, finished)

    def halt(self, channel: str, thread_ts: str) -> list[str]:
        """End a thread's open streams, as a person who presses stop does; their timestamps."""
        halted: list[str] = []
        for stream in list(self.all.values()):
            message = self._messages.find(channel, stream["ts"]) if stream["channel"] == channel else None
            if message is not None and thread_ts == message.get("thread_ts"):
                self._documents.drop("streams", f"{channel}/{stream['ts']}")
                self._messages.change(channel, stream["ts"], {"streaming_state": "completed"})
                halted.append(stream["ts"])
        return halted

    def open_one(self, channel: str, ts: str) -> Json:
        self._messages.get(channel, ts)
        stream = self.all.get(f"{channel}/{ts}")
        if stream and stream["expires"] <= time.time():
            self._end(stream)
            stream = None
        if stream is None:
            raise SlackError("message_not_in_streaming_state")
        return stream

    def is_open(self, channel: str, ts: str) -> bool:
        stream = self.all.get(f"{channel}/{ts}")
        return stream is not None and stream["expires"] > time.time()

    def expire(self, now: float) -> None:
        for stream in list(self.all.values()):
            if stream["expires"] <= now:
                self._end(stream)

    def _end(self, stream: Json) -> None:
        self._documents.drop("streams", f"{stream['channel']}/{stream['ts']}")
        if self._messages.find(stream["channel"], stream["ts"]):
            self._messages.change(stream["channel"], stream["ts"], {"streaming_state": "errored"})

    def _fold(self, stream: Json, chunks: list[Json]) -> Json:
        for chunk in chunks:
            fold(stream, chunk)
        text = "".join(part["text"] for part in stream["parts"] if part["kind"] == "text")
        fields = {"text": text, "blocks": rendered(stream) or None}
        message = self._messages.change(stream["channel"], stream["ts"], fields, tell=False)
        return self._save(stream, message)

    def _save(self, stream: Json, message: Json) -> Json:
        self._documents.put("streams", f"{stream['channel']}/{stream['ts']}", stream)
        return message


def fold(stream: Json, chunk: Json) -> None:
    """Add one chunk: text grows the last text, a task replaces its fields, details grow."""
    parts: list[Json] = stream["parts"]
    match chunk["type"]:
        case "markdown_text":
            if parts and parts[-1]["kind"] == "text":
                parts[-1]["text"] += chunk["text"]
            else:
                parts.append({"kind": "text", "text": chunk["text"]})
        case "task_update":
            _fold_task(parts, chunk)
        case "plan_update":
            stream["plan"] = chunk["title"]
        case "blocks":
            parts.append({"kind": "blocks", "blocks": chunk["blocks"]})
        case _:
            raise SlackError("invalid_chunks")


def _fold_task(parts: list[Json], chunk: Json) -> None:
    task: Json | None = next(
        (one for one in parts if one["kind"] == "task" and one["id"] == chunk["id"]), None
    )
    if task is None:
        task = {"kind": "task", "id": chunk["id"], "details": "", "output": "", "sources": []}
        parts.append(task)
    task |= {"title": chunk["title"], "status": chunk.get("status", "pending")}
    task["details"] += chunk.get("details") or ""
    task["output"] += chunk.get("output") or ""
    task["sources"] = chunk.get("sources") or task["sources"]


def rendered(stream: Json) -> list[Json]:
    """The blocks of a stream: text as markdown; tasks as cards, or gathered in one plan."""
    blocks: list[Json] = []
    plan: Json | None = None
    for number, part in enumerate(stream["parts"]):
        match part["kind"]:
            case "text":
                blocks.append({"type": "markdown", "block_id": f"text-{number}", "text": part["text"]})
            case "blocks":
                blocks.extend(part["blocks"])
            case _ if stream["display"] == "plan":
                if plan is None:
                    plan = {"type": "plan", "block_id": "plan", "title": stream["plan"] or "", "tasks": []}
                    blocks.append(plan)
                plan["tasks"].append(_card(part))
            case _:
                blocks.append(_card(part))
    return blocks


def _card(task: Json) -> Json:
    card: Json = {
        "type": "task_card",
        "block_id": f"task-{task['id']}",
        "task_id": task["id"],
        "title": task["title"],
        "status": task["status"],
    }
    for name in ("details", "output"):
        if task[name]:
            card[name] = _rich(task[name])
    if task["sources"]:
        card["sources"] = task["sources"]
    return card


def _rich(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}
