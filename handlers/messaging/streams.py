"""Cards of work under way: streamed where Slack lets us, renewed before a stream expires, else edited in place."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.live import Live, beginning, growth
from handlers.messaging.courier import Courier
from handlers.messaging.ports import PostRecords
from handlers.slack_api.errors import TROUBLE, code_of
from services.domain import current_workspace

_log = logging.getLogger(__name__)

# Slack ends a stream after about five minutes.
RENEW_AFTER = 240.0
# Slack takes about a hundred additions to streams a minute.
INTERVAL = 0.7
# What a workspace answers that has no streams, or an app that may not make any.
_NEVER = frozenset({"unknown_method", "missing_scope", "not_allowed_token_type", "feature_not_enabled"})


Home = Callable[[str], Awaitable[str]]
"""The workspace (team ID) that a user (ID) is of; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class ThreadPosition:
    """Where a card is, and for whom it is; in channels Slack wants to know. `title` names a thread that it begins."""

    channel: str
    thread_ts: str
    user: str
    team: str
    title: str = ""


@dataclass(slots=True)
class _Stream:
    """One open stream: the message it is, and what of the card it shows."""

    place: ThreadPosition
    ts: str
    shown: Live
    newest: Live | None = None
    began: float = field(default_factory=time.monotonic)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    worker: asyncio.Task[None] | None = None


class LiveCards:
    """The cards of one workspace's tasks.

    A card has a key, under which its message's ts is recorded before anything depends on it. A stream can only grow: when
    words are taken back, or before it expires, it goes on in a new message and the old one is deleted.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        courier: Courier,
        posts: PostRecords,
        *,
        renew_after: float = RENEW_AFTER,
        home: Home | None = None,
    ) -> None:
        self._client = client
        self._courier = courier
        self._posts = posts
        self._renew_after = renew_after
        self._home = home
        self._streams: dict[str, _Stream] = {}
        self._known: set[str] = set()
        self._unable: set[tuple[str, str]] = set()

    async def open(self, key: str, place: ThreadPosition, card: Live) -> None:
        """Show that work has begun, once for each key. Raises SlackApiError where nothing can be posted."""
        if not await self._posts.intend(key, place.channel, place.thread_ts):
            await self._courier.recover(key, place.channel, place.thread_ts, card.still)
            return
        self._known.add(key)
        stream = await self._start(place, card)
        if stream is None:
            # An answer may have been lost whose stream has begun.
            await self._courier.recover(key, place.channel, place.thread_ts, card.still)
        else:
            await self._posts.posted(key, stream.ts)
            self._streams[key] = stream
            stream.worker = asyncio.create_task(self._tend(key, stream))
        await self._status(place, "processing", place.title)

    def show(self, key: str, card: Live) -> None:
        """Show how far it has come, soon; a newer call replaces one that is still waiting."""
        stream = self._streams.get(key)
        if stream is None:
            self._courier.edit_soon(key, card.still)
            return
        stream.newest = card
        stream.news.set()

    async def close(self, key: str, place: ThreadPosition) -> None:
        """End the stream; its message stays as it is and can be edited from now on."""
        if stream := self._streams.pop(key, None):
            stream.over.set()
            stream.news.set()
            if stream.worker is not None:
                # What went wrong with the news must not keep the end from the thread.
                await asyncio.wait({stream.worker})
            await self._stop(stream)
        elif key not in self._known:
            # A process before this one may have died between a message and its record.
            await self._courier.sweep(key)
        self._known.discard(key)
        await self._status(place, "active")

    async def _tend(self, key: str, stream: _Stream) -> None:
        """Bring news to the stream at the pace that Slack allows, until it is closed or goes on as an ordinary message."""
        while not stream.over.is_set() and key in self._streams:
            left = stream.began + self._renew_after - time.monotonic()
            try:
                await asyncio.wait_for(stream.news.wait(), max(left, 0.0))
            except TimeoutError:
                await self._renew(key, stream, stream.newest or stream.shown)
                continue
            if stream.over.is_set() or stream.newest is None:
                return
            stream.news.clear()
            now, stream.newest = stream.newest, None
            await self._grow(key, stream, now)
            await self._pause(stream)

    async def leave(self) -> None:
        """Let go of all streams, as they are: their cards go on in the next process."""
        workers = [stream.worker for stream in self._streams.values() if stream.worker is not None]
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def _pause(self, stream: _Stream) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stream.over.wait(), INTERVAL)

    async def _grow(self, key: str, stream: _Stream, now: Live) -> None:
        chunks = growth(stream.shown, now)
        if chunks is None:
            await self._renew(key, stream, now)
        elif chunks:
            try:
                await self._client.chat_appendStream(
                    channel=stream.place.channel, ts=stream.ts, chunks=chunks
                )
            except TROUBLE as error:
                _log.info("the stream of %s goes on as a message: %s", key, _told(error))
                self._settle(key, now)
            else:
                stream.shown = now

    async def _renew(self, key: str, stream: _Stream, now: Live) -> None:
        """Go on in a new message; the old one stays until the new one is recorded."""
        fresh = await self._start(stream.place, now)
        if fresh is None:
            self._settle(key, now)
            return
        await self._posts.posted(key, fresh.ts)
        old, stream.ts = stream.ts, fresh.ts
        stream.shown, stream.began = now, fresh.began
        await self._courier.remove(stream.place.channel, old)

    def _settle(self, key: str, now: Live) -> None:
        """From now on the card is an ordinary message; the first edit ends its stream."""
        self._streams.pop(key, None)
        self._courier.edit_soon(key, now.still)

    async def _start(self, place: ThreadPosition, card: Live) -> _Stream | None:
        if self._is_unable("chat.startStream") or not place.thread_ts:
            return None
        try:
            answer = await self._client.chat_startStream(
                channel=place.channel,
                thread_ts=place.thread_ts,
                recipient_user_id=place.user or None,
                recipient_team_id=await self._team(place) or None,
                task_display_mode="plan",
                chunks=beginning(card),
            )
        except TROUBLE as error:
            self._note("chat.startStream", error)
            return None
        return _Stream(place, str(answer["ts"]), card)

    async def _team(self, place: ThreadPosition) -> str:
        """Whose stream it is to Slack: in a shared channel a person may be of another workspace than the thread."""
        return (await self._home(place.user) if self._home and place.user else "") or place.team

    async def _stop(self, stream: _Stream) -> None:
        try:
            await self._client.chat_stopStream(channel=stream.place.channel, ts=stream.ts)
        except TROUBLE as error:
            _log.info("a stream had ended: %s", _told(error))

    async def _status(self, place: ThreadPosition, status: str, title: str = "") -> None:
        """Tell Slack whether we work in this thread, for its own stop button; only a help."""
        if self._is_unable("agents.sessions.setStatus") or not place.thread_ts:
            return
        try:
            await self._client.agents_sessions_setStatus(
                channel_id=place.channel, thread_ts=place.thread_ts, status=status, title=title or None
            )
        except TROUBLE as error:
            self._note("agents.sessions.setStatus", error)

    def _note(self, method: str, error: Exception) -> None:
        _log.info("%s: %s", method, _told(error))
        if isinstance(error, SlackApiError) and code_of(error) in _NEVER:
            self._unable.add((current_workspace.current(), method))

    def _is_unable(self, method: str) -> bool:
        return (current_workspace.current(), method) in self._unable


@contextlib.asynccontextmanager
async def open_cards(
    client: AsyncWebClient, courier: Courier, posts: PostRecords, home: Home | None = None
) -> AsyncGenerator[LiveCards]:
    """Cards whose streams are let go of when the context ends; `home` says of which workspace a person is."""
    cards = LiveCards(client, courier, posts, home=home)
    try:
        yield cards
    finally:
        await cards.leave()


def _told(error: Exception) -> str:
    return code_of(error) if isinstance(error, SlackApiError) else type(error).__name__
