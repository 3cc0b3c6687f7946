"""The courier: posts each message exactly once, edits it within Slack's limits, and uploads files."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.mrkdwn import plain, quoted
from handlers.blocks.primitives import Message
from handlers.messaging.ports import PostRecords
from handlers.slack_api.errors import TROUBLE, code_of
from services.domain.untrusted_data import from_json
from services.domain.values import Artifact
from services.security.redaction import masks_in_file

_log = logging.getLogger(__name__)

EVENT = "raygen_post"
# Slack allows about 50 edits of a channel's messages a minute.
EDIT_INTERVAL = 1.2
# Who has meant to post something for longer than this has died over it.
_UNDER_WAY = 60.0
_GONE = {"message_not_found", "cant_update_message", "thread_not_found"}


class Courier:
    """Delivers messages for one workspace's client.

    Every message has a key. Before it is posted, the intention is recorded; a repeated intention first looks in the
    thread for a message that carries the key, so that a crash between posting and recording is harmless.
    """

    def __init__(self, client: AsyncWebClient, posts: PostRecords) -> None:
        self._client = client
        self._posts = posts
        self._edits: dict[str, _Edits] = {}
        self._background: set[asyncio.Task[None]] = set()

    async def post(self, key: str, channel: str, thread_ts: str, message: Message) -> str:
        """The ts of the message with this key, posted now unless it was before. Raises SlackApiError."""
        if not await self._posts.intend(key, channel, thread_ts):
            return await self.recover(key, channel, thread_ts, message)
        return await self.send(key, channel, thread_ts, message)

    async def recover(self, key: str, channel: str, thread_ts: str, message: Message) -> str:
        """The ts of a message that was meant before; posted now if it never was."""
        return await self._posted(key) or await self.send(key, channel, thread_ts, message)

    async def send(self, key: str, channel: str, thread_ts: str, message: Message) -> str:
        """Post what was meant just now."""
        answer = await self._client.chat_postMessage(
            channel=channel,
            thread_ts=thread_ts or None,
            text=message.text,
            blocks=message.blocks,
            metadata={"event_type": EVENT, "event_payload": {"key": key}},
            unfurl_links=False,
            unfurl_media=False,
        )
        ts = str(answer["ts"])
        await self._posts.posted(key, ts)
        return ts

    async def once(self, key: str, channel: str, thread_ts: str, message: Message) -> bool:
        """Post the message with this key; False when it was posted before, or is being posted right now."""
        if await self._posts.intend(key, channel, thread_ts):
            await self.send(key, channel, thread_ts, message)
            return True
        found = await self._posts.find(key)
        if found is None or found[2] is not None or time.time() - found[3] < _UNDER_WAY:
            return False
        await self.recover(key, channel, thread_ts, message)
        return True

    async def edit(self, key: str, message: Message) -> None:
        """Replace what was posted under this key, after any edit that is under way; the last word on it.

        It is recorded first, so that a process that still shows progress, since it does not know that it was taken for
        dead, finds that it is late.
        """
        if edits := self._edits.pop(key, None):
            await edits.close()
        await self._posts.conclude(key, json.dumps([message.text, message.blocks]))
        found = await self._posts.find(key)
        if found is None or (ts := found[2]) is None:
            return
        channel, thread_ts = found[0], found[1]
        try:
            await self._update(channel, ts, message)
        except SlackApiError as error:
            if code_of(error) not in _GONE:
                raise
            # Someone deleted the message; its content still has to reach the thread.
            await self.post(f"{key}:again", channel, thread_ts, message)

    def edit_soon(self, key: str, message: Message) -> None:
        """Replace it when Slack's limits allow; a newer call replaces one that is still waiting."""
        edits = self._edits.setdefault(key, _Edits(self, key))
        edits.newest = message
        if not edits.busy:
            edits.busy = True
            self.in_background(edits.run())

    async def upload(self, key: str, channel: str, thread_ts: str, artifact: Artifact) -> None:
        """Put a file or picture into the thread, once."""
        first = await self._posts.intend(key, channel, thread_ts)
        if not first and await self._uploaded(key, channel, thread_ts, artifact.name):
            return
        answer = await self._client.files_upload_v2(
            channel=channel,
            thread_ts=thread_ts or None,
            filename=plain(artifact.name),
            title=plain(artifact.name),
            content=artifact.content,
            initial_comment=_hidden(artifact) or None,
            alt_txt=f"{plain(artifact.name)}, created by the program"
            if artifact.media_type.startswith("image/")
            else None,
        )
        await self._posts.posted(key, str((answer["file"] or {}).get("id", "")))

    async def known(self, key: str) -> str | None:
        """The ts of the message, or the ID of the file, that is known to have been delivered under this key."""
        found = await self._posts.find(key)
        return found[2] if found else None

    async def link(self, channel: str, ts: str) -> str:
        """Where a message can be read; empty when Slack can't say."""
        try:
            answer = await self._client.chat_getPermalink(channel=channel, message_ts=ts)
        except TROUBLE as error:
            _log.info("no link to a message: %s", error)
            return ""
        return str(answer["permalink"])

    async def file_link(self, file_id: str) -> str:
        """Where a file can be opened; empty when it is gone."""
        try:
            answer = await self._client.files_info(file=file_id)
        except SlackApiError as error:
            _log.info("no link to a file: %s", code_of(error))
            return ""
        return str((answer["file"] or {}).get("permalink", ""))

    async def whisper(self, channel: str, user: str, text: str, thread_ts: str | None = None) -> None:
        """Say something that only `user` sees; a direct message where the channel can't be used."""
        try:
            await self._client.chat_postEphemeral(
                channel=channel, user=user, text=plain(text), thread_ts=thread_ts or None
            )
        except SlackApiError as error:
            _log.info("no ephemeral message in %s: %s", channel, code_of(error))
            await self.direct(user, text)

    async def try_to_tell(self, channel: str, user: str, text: str, thread_ts: str | None = None) -> None:
        """Whisper where nobody waits for it, so that it can only be logged that nothing could be said."""
        try:
            if channel:
                await self.whisper(channel, user, text, thread_ts)
            else:
                await self.direct(user, text)
        except TROUBLE as error:
            _log.warning("could not report an error to %s: %s", user, error)

    async def direct(self, user: str, text: str) -> None:
        opened = await self._client.conversations_open(users=[user])
        await self._client.chat_postMessage(channel=str((opened["channel"] or {})["id"]), text=plain(text))

    async def direct_once(self, key: str, user: str, message: Message) -> str:
        """Post a message with this key to `user` alone, once; its ts. Raises SlackApiError."""
        opened = await self._client.conversations_open(users=[user])
        return await self.post(key, str((opened["channel"] or {})["id"]), "", message)

    async def hand(self, key: str, user: str, artifact: Artifact) -> None:
        """Send a file with this key to `user` alone, once."""
        opened = await self._client.conversations_open(users=[user])
        await self.upload(key, str((opened["channel"] or {})["id"]), "", artifact)

    def hand_soon(self, key: str, user: str, artifact: Artifact) -> None:
        """The same without waiting; where it fails, `user` gets a message."""
        self.in_background(self._hand_or_tell(key, user, artifact))

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Have something done that nobody waits for; it has ended when the courier is closed."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _hand_or_tell(self, key: str, user: str, artifact: Artifact) -> None:
        try:
            await self.hand(key, user, artifact)
        except TROUBLE as error:
            _log.warning("a file could not be sent: %s", error)
            text = f"The file {quoted(artifact.name, 200)} could not be sent. Press the button again."
            await self.try_to_tell("", user, text)

    async def keys(self, prefix: str) -> list[str]:
        """The keys of all messages that begin like this."""
        return await self._posts.keys(prefix)

    async def drain(self) -> None:
        """Wait for edits that are under way."""
        await asyncio.gather(*self._background, return_exceptions=True)

    async def send_edit(self, key: str, message: Message) -> None:
        """One progress edit; its failure is only worth a line in the log.

        There is none after the last word, and one that crosses it on the way is undone.
        """
        found = await self._posts.find(key)
        if found is None or found[2] is None or await self._posts.last(key):
            return
        try:
            await self._update(found[0], found[2], message)
            if last := await self._posts.last(key):
                await self._update(found[0], found[2], Message(*from_json(last)))
        except TROUBLE as error:
            _log.info("progress of %s was not shown: %s", key, error)

    async def remove(self, channel: str, ts: str) -> None:
        """Delete a message of ours that another has taken the place of."""
        try:
            await self._end_stream(channel, ts)
            await self._client.chat_delete(channel=channel, ts=ts)
        except TROUBLE as error:
            _log.info("a message was not deleted: %s", error)

    async def sweep(self, key: str) -> None:
        """Delete what was posted under this key but never recorded, because its process died in between."""
        found = await self._posts.find(key)
        if found is None or found[2] is None:
            return
        channel, thread_ts, ts, since = found
        for message in await self._recent(channel, thread_ts, since):
            if str(message["ts"]) != ts and _carries(message, key):
                await self.remove(channel, str(message["ts"]))

    async def _update(self, channel: str, ts: str, message: Message) -> None:
        try:
            await self._client.chat_update(channel=channel, ts=ts, text=message.text, blocks=message.blocks)
        except SlackApiError as error:
            if code_of(error) != "streaming_state_conflict":
                raise
            # Its process died, or Slack took no more of the stream; it can be edited once it has ended.
            await self._end_stream(channel, ts)
            await self._client.chat_update(channel=channel, ts=ts, text=message.text, blocks=message.blocks)

    async def _end_stream(self, channel: str, ts: str) -> None:
        try:
            await self._client.chat_stopStream(channel=channel, ts=ts)
        except SlackApiError as error:
            if code_of(error) != "message_not_in_streaming_state":
                raise

    async def _posted(self, key: str) -> str | None:
        found = await self._posts.find(key)
        if found is None or found[2] is not None:
            return found[2] if found else None
        channel, thread_ts, _, since = found
        for message in await self._recent(channel, thread_ts, since):
            if _carries(message, key):
                await self._posts.posted(key, str(message["ts"]))
                return str(message["ts"])
        return None

    async def _uploaded(self, key: str, channel: str, thread_ts: str, name: str) -> bool:
        found = await self._posts.find(key)
        if found is None or found[2] is not None:
            return found is not None
        recent = await self._recent(channel, thread_ts, found[3])
        return any(
            file.get("title") == plain(name) for message in recent for file in message.get("files", [])
        )

    async def _recent(self, channel: str, thread_ts: str, since: float) -> list[dict[str, Any]]:
        oldest = f"{since - 30:.6f}"
        if thread_ts:
            answer = await self._client.conversations_replies(
                channel=channel, ts=thread_ts, oldest=oldest, limit=200, include_all_metadata=True
            )
        else:
            answer = await self._client.conversations_history(
                channel=channel, oldest=oldest, limit=200, include_all_metadata=True
            )
        return list(answer["messages"] or [])


class _Edits:
    """The progress edits of one message: at most one under way, the newest one next."""

    def __init__(self, courier: Courier, key: str) -> None:
        self._courier = courier
        self._key = key
        self._sent = 0.0
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = asyncio.Event()
        self.newest: Message | None = None
        self.busy = False

    async def run(self) -> None:
        self._idle.clear()
        try:
            while self.newest is not None and not self._closed.is_set():
                await self._pause(self._sent + EDIT_INTERVAL - time.monotonic())
                if self._closed.is_set():
                    return
                message, self.newest = self.newest, None
                self._sent = time.monotonic()
                await self._courier.send_edit(self._key, message)
        finally:
            self.busy = False
            self._idle.set()

    async def close(self) -> None:
        self._closed.set()
        await self._idle.wait()

    async def _pause(self, seconds: float) -> None:
        if seconds > 0:
            try:
                await asyncio.wait_for(self._closed.wait(), seconds)
            except TimeoutError:
                return


@asynccontextmanager
async def open_courier(client: AsyncWebClient, posts: PostRecords) -> AsyncGenerator[Courier]:
    """A courier that has delivered everything when the context ends."""
    courier = Courier(client, posts)
    try:
        yield courier
    finally:
        await courier.drain()


def _carries(message: dict[str, Any], key: str) -> bool:
    """Whether a message is the one with this key: by its metadata, or, where it is a stream, by the ID of a block."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") == EVENT and metadata.get("event_payload", {}).get("key") == key:
        return True
    return any(block.get("block_id") == key for block in message.get("blocks") or ())


def _hidden(artifact: Artifact) -> str:
    """What is said beside a file that is not as the program made it."""
    kinds = masks_in_file(artifact.content)
    return f":lock: Possible secrets are masked in this file: {', '.join(kinds[:5])}." if kinds else ""
