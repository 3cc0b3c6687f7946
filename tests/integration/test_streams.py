"""Streamed cards against Slack's protocol: one message each, whatever happens to the stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.rules import Rules
from bot.playground.slack.server import SlackStandIn
from handlers.blocks.live import Live, beginning, live
from handlers.blocks.primitives import Message, mrkdwn
from handlers.messaging.courier import Courier
from handlers.messaging.streams import LiveCards, ThreadPosition
from services.domain.entities import Session, Task, TaskKind
from services.domain.progress import Phase, Stage
from services.notifications.events import TaskProgress
from services.store import Store, open_database
from services.targets.targets import Targets
from services.usecases.requests import Request
from tests import builders
from tests.contract.slack.people import People, client_at, people_at
from tests.databases import database
from tests.notifiers import slack_notifier
from tests.waiting import until

KEY = "t_1:card"
Json = dict[str, Any]


def card(words: str, *phases: Phase) -> Live:
    return live(KEY, builders.task(), TaskProgress(tuple(Stage(phase) for phase in phases), words))


FIRST = card("", Phase.THINKING)
DONE = Message("Done.", [mrkdwn("Done.")])


@dataclass
class World:
    people: People
    client: AsyncWebClient
    store: Store
    courier: Courier
    cards: LiveCards
    place: ThreadPosition

    async def replies(self) -> list[Json]:
        found = next(one for one in await self.people.messages() if one["ts"] == self.place.thread_ts)
        return list(found.get("replies", []))

    async def only(self) -> Json:
        (message,) = await self.replies()
        return message

    async def shows(self, words: str) -> Json:
        async def look() -> Json | None:
            return next((each for each in await self.replies() if words in str(each["blocks"])), None)

        return await until(look)

    async def finish(self) -> None:
        await self.cards.close(KEY, self.place)
        await self.courier.edit(KEY, DONE)
        message = await self.only()
        assert (message["text"], len(message["blocks"])) == ("Done.", 1)

    def next_life(self) -> tuple[Courier, LiveCards]:
        """What a process has that takes over."""
        courier = Courier(self.client, self.store.posts)
        return courier, LiveCards(self.client, courier, self.store.posts)


@asynccontextmanager
async def world(path: Path, *, expiry: float = 300.0, renew_after: float = 240.0) -> AsyncGenerator[World]:
    slack = SlackStandIn(rules=Rules(stream_expiry=expiry))
    async with (
        slack.serve() as url,
        people_at(url) as people,
        open_database(database(path)) as engine,
    ):
        client, store = client_at(slack.api_url), Store(engine)
        courier = Courier(client, store.posts)
        cards = LiveCards(client, courier, store.posts, renew_after=renew_after)
        root = (await people.say("hello"))["ts"]
        place = ThreadPosition("CRAY", root, "UENGINEER", "TRAYGEN")
        try:
            yield World(people, client, store, courier, cards, place)
        finally:
            await cards.leave()


async def test_work_is_streamed_and_ends_as_an_ordinary_message(tmp_path: Path):
    async with world(tmp_path) as here:
        await here.cards.open(KEY, here.place, FIRST)
        assert (await here.only())["streaming_state"] == "in_progress"
        here.cards.show(KEY, card("I'll have it", Phase.THINKING))
        here.cards.show(KEY, card("I'll have it written.", Phase.THINKING, Phase.WRITING))
        message = await here.shows("I'll have it written.")
        assert [block["type"] for block in message["blocks"]] == ["plan", "actions", "markdown"]
        assert (await here.people.get("/play/channel/CRAY"))["threads"][here.place.thread_ts][
            "session_status"
        ] == "processing"
        await here.finish()


async def test_a_thread_is_titled_by_the_request_that_begins_it_alone(tmp_path: Path):
    async with world(tmp_path) as here:
        root = here.place.thread_ts
        asked = Request(f"message CRAY {root}", "estimate  pi", "UENGINEER", "CRAY", "")
        session = Session("s", "CRAY", root, "UENGINEER", "TRAYGEN")
        first = Task(
            id=asked.task_id, session_id="s", kind=TaskKind.PROMPT, prompt=asked.prompt, user="UENGINEER"
        )
        later = replace(first, id="t_later", prompt="use 200 tasks")
        notifier = slack_notifier(here.store, here.courier, here.cards, Targets([]))
        for task in (first, later):
            await notifier.open_task(task, session)
            thread = (await here.people.get("/play/channel/CRAY"))["threads"][root]
            assert thread["title"] == "estimate pi"


async def test_words_that_are_taken_back_are_nowhere_to_be_seen(tmp_path: Path):
    async with world(tmp_path) as here:
        await here.cards.open(KEY, here.place, FIRST)
        here.cards.show(KEY, card("A broken ans", Phase.THINKING))
        await here.shows("A broken ans")
        here.cards.show(KEY, card("The answer", Phase.THINKING))
        await here.shows("The answer")

        async def alone() -> bool:
            return len(await here.replies()) == 1

        await until(alone)
        assert "A broken ans" not in str(await here.replies())
        await here.finish()


async def test_a_stream_is_renewed_before_slack_ends_it(tmp_path: Path):
    async with world(tmp_path, expiry=1.2, renew_after=0.5) as here:
        await here.cards.open(KEY, here.place, FIRST)
        first = (await here.only())["ts"]
        here.cards.show(KEY, card("Patience.", Phase.THINKING, Phase.VALIDATING))
        await asyncio.sleep(2.5)
        message = await here.only()
        assert message["ts"] != first
        assert message["streaming_state"] == "in_progress"
        assert str(message["blocks"]).count("Patience.") == 1
        await here.finish()


async def no_team(here: World) -> None:
    here.place = ThreadPosition("CRAY", here.place.thread_ts, "UENGINEER", "")


async def unknown(here: World) -> None:
    await here.people.post("/play/faults", method="chat.startStream", error="unknown_method", times=9)


@pytest.mark.parametrize("why", [no_team, unknown])
async def test_where_there_are_no_streams_the_card_is_a_message_that_is_edited(
    tmp_path: Path, why: Callable[[World], Awaitable[None]]
):
    async with world(tmp_path) as here:
        await why(here)
        await here.cards.open(KEY, here.place, FIRST)
        here.cards.show(KEY, card("Words", Phase.THINKING, Phase.WRITING))
        await here.shows("Writing the program")
        await here.finish()


@pytest.mark.parametrize("error", ["message_not_in_streaming_state", "internal_error"])
async def test_a_stream_that_fails_goes_on_as_a_message(tmp_path: Path, error: str):
    async with world(tmp_path) as here:
        await here.cards.open(KEY, here.place, FIRST)
        await here.people.post("/play/faults", method="chat.appendStream", error=error)
        here.cards.show(KEY, card("Words", Phase.THINKING, Phase.WRITING))
        message = await here.shows("Words")
        assert message.get("streaming_state") != "in_progress"
        await here.finish()


async def test_a_lost_answer_makes_no_second_message(tmp_path: Path):
    async with world(tmp_path) as here:
        await here.people.post("/play/faults", method="chat.startStream", status=500, after=True)
        await here.cards.open(KEY, here.place, FIRST)
        here.cards.show(KEY, card("Words", Phase.THINKING, Phase.WRITING))
        await here.shows("Words")
        await here.finish()


async def test_a_process_that_dies_before_it_has_noted_its_stream(tmp_path: Path):
    async with world(tmp_path) as here:
        await here.store.posts.intend(KEY, "CRAY", here.place.thread_ts)
        await here.client.chat_startStream(
            channel="CRAY",
            thread_ts=here.place.thread_ts,
            recipient_user_id="UENGINEER",
            recipient_team_id="TRAYGEN",
            task_display_mode="plan",
            chunks=beginning(FIRST),
        )
        here.courier, here.cards = here.next_life()
        await here.cards.open(KEY, here.place, FIRST)
        here.cards.show(KEY, card("Words", Phase.THINKING, Phase.WRITING))
        await here.shows("Words")
        await here.finish()


async def test_a_process_that_dies_in_the_midst_of_a_renewal(tmp_path: Path):
    async with world(tmp_path) as here:
        await here.cards.open(KEY, here.place, FIRST)
        await here.cards.leave()
        await here.client.chat_startStream(
            channel="CRAY",
            thread_ts=here.place.thread_ts,
            recipient_user_id="UENGINEER",
            recipient_team_id="TRAYGEN",
            chunks=beginning(card("Words", Phase.THINKING)),
        )
        here.courier, here.cards = here.next_life()
        here.cards.show(KEY, card("Words", Phase.THINKING))
        await here.finish()


async def test_what_slack_ended_by_its_stop_button_can_still_be_edited(tmp_path: Path):
    async with world(tmp_path) as here:
        await here.cards.open(KEY, here.place, FIRST)
        stopped = await here.people.post(
            "/play/stop", user="UENGINEER", channel="CRAY", thread_ts=here.place.thread_ts
        )
        assert len(stopped["stopped"]) == 1
        await here.finish()


async def test_news_that_fail_do_not_keep_the_end_from_the_thread(tmp_path: Path):
    async with world(tmp_path) as here:
        await here.cards.open(KEY, here.place, FIRST)

        class Broken:
            async def posted(self, *_: object) -> None:
                raise RuntimeError

        here.cards._posts = Broken()
        here.cards.show(KEY, card("A broken ans", Phase.THINKING))
        await here.shows("A broken ans")
        here.cards.show(KEY, card("The answer", Phase.THINKING))  # which would be a new stream
        await here.shows("The answer")
        await here.cards.close(KEY, here.place)
        await here.courier.edit(KEY, DONE)
        assert "Done." in {message["text"] for message in await here.replies()}


class Held(AsyncWebClient):
    """A client whose edits stay on their way until they are let go."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.begun, self.go = asyncio.Event(), asyncio.Event()

    async def chat_update(self, **arguments: Any) -> Any:
        self.begun.set()
        await self.go.wait()
        return await super().chat_update(**arguments)


async def test_a_late_edit_of_a_process_that_was_taken_for_dead_undoes_no_last_word(tmp_path: Path):
    async with world(tmp_path) as here:
        await here.courier.post(KEY, "CRAY", here.place.thread_ts, Message("Work.", [mrkdwn("Work.")]))
        held = Held(token=here.client.token, base_url=here.client.base_url)
        stale, progress = Courier(held, here.store.posts), Message("More.", [mrkdwn("More.")])
        late = asyncio.create_task(stale.send_edit(KEY, progress))
        await held.begun.wait()
        await here.courier.edit(KEY, DONE)
        held.go.set()
        await late
        assert (await here.only())["text"] == "Done."
        held.begun.clear()
        await stale.send_edit(KEY, progress)
        assert not held.begun.is_set(), "from then on nothing is sent"
