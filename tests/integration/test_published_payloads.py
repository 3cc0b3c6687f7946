"""What Slack publishes of its payloads, signed and by HTTP: raygen understands each, whatever else is in it or not."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from bot.deploy.surfaces import registered
from handlers.slack_api.installations import SlackInstallations
from services.domain.entities import Attachment
from services.usecases.proposals import ProposalActions
from services.usecases.requests import Request, RequestActions
from tests.contract.slack.published import Json, Published
from tests.contract.slack.published.events import EVENTS, ORGANIZATION
from tests.contract.slack.published.interactions import INTERACTIONS, TRIGGER
from tests.contract.slack.published.messages import FILE, NOTICES
from tests.installing import World, answered, post, world

pytestmark = pytest.mark.asyncio(loop_scope="module")
ME, QUESTION = "UENGINEER", "what is 15% of 2847?"
#: Not sent to raygen, which asks for none of them: not subscribed, no form that tells when it is closed, no menu from outside.
NOT_OURS = {
    "reaction_added",
    "member_joined_channel",
    "assistant_thread_started",
    "assistant_thread_context_changed",
    "function_executed",
    "view_closed",
    "block_suggestion",
}
RECORDED = ("ask", "explain", "revise", "stop_thread", "stop_task", "forget")


def asked(cause: str, thread_ts: str, channel: str = "CRAY", **more: Any) -> tuple[str, Request]:
    return "ask", Request(cause, QUESTION, ME, channel, thread_ts, "TRAYGEN", **more)


UNDERSTOOD: dict[str, list[tuple[Any, ...]]] = {
    "app_mention": [asked("message CRAY 1700000001.000100", "1700000001.000100")],
    "message": [],
    "message.im": [asked("message DENGINEER 1700000003.000100", "1700000003.000100", "DENGINEER")],
    "reply": [],
    "file_share": [
        asked(
            "message DENGINEER 1700000005.000100",
            "1700000005.000100",
            "DENGINEER",
            attachments=(Attachment("numbers.csv", 8, FILE["url_private_download"]),),
        )
    ],
    "thread_broadcast": [],
    "channel_join": [],
    "me_message": [],
    "bot_message": [],
    "message_changed": [
        (
            "revise",
            "message CRAY 1700000007.000100",
            Request(
                "message CRAY 1700000007.000100 edited 1700000007.000000",
                "what is 20% of 50?",
                ME,
                "CRAY",
                "1700000007.000100",
                "TRAYGEN",
            ),
        )
    ],
    "message_deleted": [("revise", "message CRAY 1700000008.000100", None)],
    "app_home_opened": [],
    "link_shared": [],
    "agent_session_stopped": [("stop_thread", "CRAY", "1700000002.000100", ME)],
    "app_uninstalled": [("forget", "TRAYGEN")],
    "tokens_revoked": [("forget", "TRAYGEN")],
    "team_access_granted": [],
    "team_access_revoked": [("forget", "TRAYGEN")],
    "command": [],
    "block_actions.message": [("stop_task", "t_published", ME)],
    "block_actions.modal": [("stop_task", "t_published", ME)],
    "block_actions.home": [("stop_task", "t_published", ME)],
    "message_action": [
        (
            "explain",
            Request(f"shortcut {TRIGGER}", QUESTION, ME, "CRAY", "1700000020.000100", "TRAYGEN", unseen=True),
        )
    ],
    "shortcut": [],
    "view_submission": [asked("view V1PUBLISHED", "", target="local")],
}
#: What a field changes that is there only sometimes.
CHANGED: dict[tuple[str, str], list[tuple[Any, ...]]] = {
    ("message_changed", "event.message.edited"): [
        (
            "revise",
            "message CRAY 1700000007.000100",
            Request(
                "message CRAY 1700000007.000100",
                "what is 20% of 50?",
                ME,
                "CRAY",
                "1700000007.000100",
                "TRAYGEN",
            ),
        )
    ],
    ("file_share", "event.files.0.size"): [
        asked(
            "message DENGINEER 1700000005.000100",
            "1700000005.000100",
            "DENGINEER",
            attachments=(Attachment("numbers.csv", 0, FILE["url_private_download"]),),
        )
    ],
    ("file_share", "event.files.0.url_private_download"): [
        asked(
            "message DENGINEER 1700000005.000100",
            "1700000005.000100",
            "DENGINEER",
            attachments=(Attachment("numbers.csv", 8, FILE["url_private"]),),
        )
    ],
    ("agent_session_stopped", "event.user"): [("stop_thread", "CRAY", "1700000002.000100", "")],
}
OURS: dict[str, Published] = {
    kind: one
    for kind, one in {**EVENTS, **ORGANIZATION, **NOTICES, **INTERACTIONS}.items()
    if kind not in NOT_OURS
}


@dataclass
class Receiver:
    """raygen, and what its use cases were asked."""

    world: World
    asked: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])

    async def send(self, kind: str, body: Json) -> tuple[int, str]:
        envelope = (
            "events_api"
            if kind in {**EVENTS, **ORGANIZATION}
            else "slash_commands"
            if kind == "command"
            else "interactive"
        )
        return await post(self.world.http, f"{self.world.url}/slack/events", envelope, body)

    async def understands(self, kind: str, body: Json, expected: list[tuple[Any, ...]]) -> str:
        """Posts it; the body of the answer."""
        state = self.world.playground.standin.state
        self.asked.clear()
        reported = set(state.ephemerals.all)
        status, text = await self.send(kind, body)
        assert status == 200, text
        assert self.asked == expected
        assert set(state.ephemerals.all) == reported, "nobody gets a message about trouble"
        return text


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def installed(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[World]:
    async with world(tmp_path_factory.mktemp("raygen")) as made:
        assert (await made.install("Avery Approver"))[0] == 200
        yield made


@pytest.fixture
def receiver(installed: World, monkeypatch: pytest.MonkeyPatch) -> Receiver:
    found = Receiver(installed)

    def recording(name: str) -> Any:
        async def note(_use_case: object, *given: Any) -> None:
            # When a workspace left is the time of the test.
            found.asked.append((name, given[0]) if name == "forget" else (name, *given))

        return note

    for name in RECORDED:
        owner = next(each for each in (RequestActions, ProposalActions) if hasattr(each, name))
        monkeypatch.setattr(owner, name, recording(name))

    async def left(_self: SlackInstallations, place: str, *given: Any) -> None:
        forget = given[-1]
        await forget(place)

    async def joined(*_: Any) -> None:
        return

    for name, instead in (("gone", left), ("parted", left), ("joined", joined)):
        monkeypatch.setattr(SlackInstallations, name, instead)
    return found


@pytest.fixture(autouse=True)
def no_errors(caplog: pytest.LogCaptureFixture) -> Any:
    yield
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []


def fresh(of: World, kind: str, body: Json) -> Json:
    """With a trigger that opens a form, where one is opened."""
    if kind != "shortcut":
        return body
    trigger = of.playground.standin.state.grants.trigger(ME)
    return json.loads(json.dumps(body).replace(TRIGGER, trigger))


def strewn(value: Any, path: str = "") -> Any:
    """With a field in each object that nobody has published yet, but for the values of a form, which are its author's."""
    if isinstance(value, dict):
        own = path.endswith("state.values") or "state.values." in path
        more = {} if own else {"new_in_2030": {"a": [1, None]}}
        return {**{name: strewn(one, f"{path}.{name}") for name, one in value.items()}, **more}
    return [strewn(one, f"{path}.0") for one in value] if isinstance(value, list) else value


async def test_the_tables_hold_all_that_raygen_listens_to() -> None:
    found = registered()
    types = {one.body["event"]["type"] for kind, one in {**EVENTS, **ORGANIZATION}.items() if kind in OURS}
    assert types == found.events
    assert set(UNDERSTOOD) == set(OURS)
    assert {
        one.body["event"]["type"] for kind, one in {**EVENTS, **ORGANIZATION}.items() if kind in NOT_OURS
    } & found.events == set()


@pytest.mark.parametrize("kind", OURS)
async def test_a_published_payload_is_understood(receiver: Receiver, kind: str) -> None:
    body = fresh(receiver.world, kind, OURS[kind].body)
    state = receiver.world.playground.standin.state
    before = (state.views.home(ME) or {}).get("hash")
    text = await receiver.understands(kind, body, UNDERSTOOD[kind])
    match kind:
        case "command":
            assert json.loads(text)["response_type"] == "ephemeral"
        case "app_home_opened" | "block_actions.home":
            assert state.views.home(ME)["hash"] != before
        case "shortcut":
            assert state.views.stack(ME)[-1]["callback_id"] == "ask"
        case _:
            assert text == ""


@pytest.mark.parametrize("kind", OURS)
async def test_fields_that_nobody_has_published_change_nothing(receiver: Receiver, kind: str) -> None:
    body = fresh(receiver.world, kind, deepcopy(OURS[kind].body))
    more = {**body, "new_in_2030": "x"} if kind == "command" else strewn(body)
    await receiver.understands(kind, more, UNDERSTOOD[kind])


@pytest.mark.parametrize(
    ("kind", "path"), [(kind, path) for kind, one in OURS.items() for path in one.optional]
)
async def test_what_is_there_only_sometimes_may_be_missing(receiver: Receiver, kind: str, path: str) -> None:
    body = fresh(receiver.world, kind, OURS[kind].without(path))
    await receiver.understands(kind, body, CHANGED.get((kind, path), UNDERSTOOD[kind]))


async def test_a_program_in_published_blocks_is_found(receiver: Receiver) -> None:
    """A message comes with its words, and with the rich text that Slack makes of them."""
    state = receiver.world.playground.standin.state
    body = deepcopy(OURS["message_action"].body)
    code = {
        "type": "rich_text_preformatted",
        "elements": [{"type": "text", "text": "print(6 * 7)"}],
        "border": 0,
    }
    blocks = [{"type": "rich_text", "block_id": "r1", "elements": [code]}]
    body["message"] |= {"text": "```print(6 * 7)```", "blocks": blocks}
    body |= {"callback_id": "run_message", "trigger_id": state.grants.trigger(ME)}
    await receiver.understands("message_action", body, [])
    shown = state.views.stack(ME)[-1]
    assert shown["callback_id"] == "run_program"
    assert "print(6 * 7)" in json.dumps(shown["blocks"])


async def test_a_published_mention_is_answered(installed: World) -> None:
    """With the use cases behind it: the message stands in the channel, and its thread gets the answer."""
    slack = installed.playground
    root = (await slack.people.say("a note"))["ts"]
    body = json.loads(json.dumps(EVENTS["app_mention"].body).replace("1700000001.000100", root))
    assert (await post(installed.http, f"{installed.url}/slack/events", "events_api", body))[0] == 200
    assert (await answered(slack, "CRAY", "427.05"))["thread_ts"] == root
