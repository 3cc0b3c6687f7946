"""Whom raygen answers in its threads: follow-ups without a mention, and nobody who talks to another person."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.playground.slack.rules import Rules
from bot.playground.slack.server import SlackStandIn
from handlers.listeners import messages
from handlers.messaging.courier import Courier
from services.domain.entities import Session, Task, TaskStatus
from services.store import Store, open_database
from services.usecases.requests import RequestActions
from tests.contract.slack.people import People, bot, client_at, people_at
from tests.databases import database
from tests.deciding import deciding, use_cases
from tests.fakes import RecordingNotifier, approving, here
from tests.waiting import PATIENCE, until


@dataclass
class Begun:
    """Takes the place of the workflows: keeps what was begun, as they do before anything else."""

    store: Store
    prompts: list[str] = field(default_factory=list)

    async def begin_task(self, task: Task, session: Session) -> None:
        await self.store.sessions.ensure(session)
        if not await self.store.tasks.add(task):
            return
        await self.store.tasks.move(task.id, TaskStatus.ANSWERED, summary="Done.")
        self.prompts.append(task.prompt)


@dataclass
class World:
    slack: SlackStandIn
    people: People
    store: Store
    begun: Begun
    requests: RequestActions
    courier: Courier
    thread: str = ""

    def hints(self, user: str = "UENGINEER") -> list[str]:
        """What this person alone has got."""
        return [str(each["text"]) for each in self.slack.state.ephemerals.seen_by(user, "CRAY")]

    async def say(self, text: str, user: str = "UENGINEER", *, mention: bool = False) -> str:
        """A message in the thread, once the bot has heard it; its ts."""
        words = f"<@{self.slack.state.workspace.bot_user}> {text}" if mention else text
        said = await self.people.say(words, user=user, **({"thread_ts": self.thread} if self.thread else {}))

        async def heard() -> bool:
            found = [self.slack.state.envelopes.find(event_id) for event_id in said["event_ids"]]
            return all(envelope is None or envelope["state"] == "acked" for envelope in found)

        await until(heard)
        return str(said["ts"])


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    slack = SlackStandIn(rules=Rules(ack_timeout=PATIENCE))
    async with (
        slack.serve() as url,
        people_at(url) as people,
        open_database(database(tmp_path)) as engine,
    ):
        client, store = client_at(slack.api_url), Store(engine)
        begun = Begun(store)
        decisions = deciding(store, RecordingNotifier(), here(), approving(store))
        requests = use_cases(decisions, workflows=begun).requests
        courier = Courier(client, store.posts)
        async with bot(client, lambda app: messages.register(app, requests, courier)):
            made = World(slack, people, store, begun, requests, courier)
            made.thread = await made.say("add 1 and 2", mention=True)
            yield made
            await courier.drain()


async def test_who_has_asked_needs_no_further_mention(world: World):
    await world.say("and now 3")
    await world.say("and now 4")
    assert world.begun.prompts[1:] == ["and now 3", "and now 4"]


async def test_an_answer_to_another_person_is_no_request(world: World):
    await world.say("is that not 3?", user="UAPPROVER")
    await world.say("yes, it is")
    await world.say("good", user="UAPPROVER")
    await world.say("thank you for looking")
    assert world.begun.prompts[1:] == []
    await world.say("add 5", mention=True)
    await world.say("and 6")
    assert world.begun.prompts[1:] == ["add 5", "and 6"], "a mention takes the floor back"


async def test_what_names_another_person_is_for_them_and_so_is_the_answer(world: World):
    await world.say("multiply them", user="UAPPROVER", mention=True)
    await world.say("<@UAPPROVER> do you need that?")
    await world.say("not any more", user="UAPPROVER")
    assert world.begun.prompts[1:] == ["multiply them"]


async def test_once_raygen_has_spoken_a_follow_up_is_for_it(world: World):
    session = await world.store.sessions.in_thread("CRAY", world.thread)
    assert session is not None
    await world.store.sessions.overhear(session.id, "UAPPROVER", time.time() - 120)
    await world.store.sessions.spoke(session.id)
    await world.say("now subtract")
    assert world.begun.prompts[1:] == ["now subtract"]


async def test_news_of_raygens_own_do_not_come_between_a_question_and_its_answer(world: World):
    await world.say("is that not 3?", user="UAPPROVER")
    session = await world.store.sessions.in_thread("CRAY", world.thread)
    assert session is not None
    await world.store.sessions.spoke(session.id)
    await world.say("yes, it is")
    assert world.begun.prompts[1:] == []


async def test_who_is_not_understood_as_asking_gets_one_message(world: World):
    for _ in range(2):
        await world.say("nice!", user="UAPPROVER")
        await world.say("now subtract")
    await until(world.hints)
    await world.say("and that is for <@UAPPROVER>")
    await world.courier.drain()
    assert world.hints() == ["I assumed that was for <@UAPPROVER>. Mention me if it was for me."]
    assert world.hints("UAPPROVER") == []
    assert world.begun.prompts[1:] == []


async def test_what_is_delivered_again_is_still_for_somebody_else(world: World):
    await world.say("nice!", user="UAPPROVER")
    ts = await world.say("thank you")
    floor = await world.requests.addressed("CRAY", world.thread, "UENGINEER", float(ts))
    assert not floor.ours


async def test_an_old_remark_is_no_conversation(world: World):
    session = await world.store.sessions.in_thread("CRAY", world.thread)
    assert session is not None
    await world.store.sessions.overhear(session.id, "UAPPROVER", time.time() - 3600)
    await world.say("now subtract")
    assert world.begun.prompts[1:] == ["now subtract"]
