"""Each kind of listener that Bolt offers, in a process of its own, hears what people do."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.playground.slack.installed import Installed
from bot.playground.slack.server import SlackStandIn
from tests.contract.slack.child import ROOT, Child, child, patient
from tests.contract.slack.every_listener import MANIFEST
from tests.contract.slack.people import People, people_at
from tests.waiting import until

Json = dict[str, Any]

pytestmark = pytest.mark.asyncio(loop_scope="module")
ME = "UENGINEER"


@dataclass(frozen=True, slots=True)
class Stage:
    people: People
    app: Child

    async def heard(self, kind: str, **what: Any) -> Json:
        """The app's note of it, once it is there."""
        note = f"heard {kind} {json.dumps(what)}"
        return await until(lambda: self.said(note))

    async def said(self, text: str, channel: str = "CRAY", thread_ts: str = "") -> Json | None:
        messages = await self.people.messages(channel)
        replies = [one for root in messages if root["ts"] == thread_ts for one in root["replies"]]
        found = (one for one in (replies if thread_ts else messages) if one.get("bot_id"))
        return next((one for one in found if one["text"] == text), None)

    async def whispered(self, text: str) -> bool:
        seen = await self.people.get(f"/play/channel/CRAY?user={ME}")
        return any(one.get("is_ephemeral") and one["text"] == text for one in seen["messages"])

    async def form(self) -> str:
        """The ID of the modal that is open."""
        views = await until(self._open)
        return views[-1]["id"]

    async def _open(self) -> list[Json]:
        return (await self.people.get(f"/play/views/{ME}"))["views"]

    async def buttons(self) -> str:
        await self.people.say("room 42")
        await self.heard("pattern", room="42")
        found = await until(lambda: self.said("choose"))
        return found["ts"]

    async def click(self, **what: Any) -> Json:
        answer = await self.people.post("/play/click", user=ME, **what)
        assert answer["ok"], answer
        return answer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stage]:
    log: Path = tmp_path_factory.mktemp("app") / "app.log"
    slack = SlackStandIn(rules=patient(Installed.by(MANIFEST)))
    command = ("-m", "tests.contract.slack.every_listener")
    async with (
        slack.serve(),
        people_at(slack.url) as people,
        child(command, ROOT, log, slack) as app,
    ):
        yield Stage(people, app)
        assert app.complaints() == []


async def test_events(stage: Stage) -> None:
    said = await stage.people.say("@raygen good day")
    await stage.heard("mention", user=ME)
    await stage.people.post("/play/edit", user=ME, channel="CRAY", ts=said["ts"], text="good night")
    await stage.heard("changed", text="good night", before="<@URAYGEN> good day")
    await stage.people.post("/play/react", user=ME, channel="CRAY", ts=said["ts"], name="eyes")
    await stage.heard("reaction", name="eyes", of=ME)
    for joined in (False, True):
        await stage.people.post("/play/members", channel="CRAY", member="UGUEST", joined=joined)
    await stage.heard("joined", user="UGUEST")


async def test_messages_by_words_and_by_pattern(stage: Stage) -> None:
    await stage.people.say("some plain words here")
    await stage.heard("words", user=ME)
    await stage.buttons()


async def test_a_command(stage: Stage) -> None:
    answer = await stage.people.command("tea", command="/order")
    assert answer["ack"] == {"text": "ordering tea"}
    await until(lambda: stage.said("ordered tea"))


async def test_actions_by_id_pattern_and_block(stage: Stage) -> None:
    place = {"channel": "CRAY", "ts": await stage.buttons()}
    await stage.click(action_id="exact", **place)
    await stage.heard("action", value="1")
    await until(lambda: stage.whispered("chosen"))
    await stage.click(action_id="page_7", **place)
    await stage.heard("pattern action", value="7")
    await stage.click(action_id="in_block", **place)
    await stage.heard("block action", message=place["ts"])


async def test_options_and_the_choice(stage: Stage) -> None:
    place = {"channel": "CRAY", "ts": await stage.buttons()}
    offered = await stage.people.post("/play/options", user=ME, action_id="city", value="Ber", **place)
    assert [one["value"] for one in offered["options"]] == ["bern", "berlin"]
    await stage.click(action_id="city", selected_option=offered["options"][0], **place)
    await stage.heard("menu", value="bern")


async def test_shortcuts(stage: Stage) -> None:
    said = await stage.people.say("worth keeping")
    kept = {"user": ME, "callback_id": "keep", "channel": "CRAY", "ts": said["ts"]}
    assert (await stage.people.post("/play/shortcut", **kept))["ok"]
    await stage.heard("kept", text="worth keeping")
    await until(lambda: stage.whispered("kept for you"))


async def test_a_form_is_refused_taken_and_closed(stage: Stage) -> None:
    begin = {"user": ME, "callback_id": "begin"}
    assert (await stage.people.post("/play/shortcut", **begin))["ok"]
    form = {"user": ME, "view_id": await stage.form()}
    refused = await stage.people.post("/play/submit", **form, values={"name": {"text": "nobody"}})
    assert refused["errors"] == {"name": "Somebody, please."}
    values = {"name": {"text": "Ada"}, "where": {"place": "CRAY"}}
    assert (await stage.people.post("/play/submit", **form, values=values))["ok"]
    await stage.heard("form", name="Ada")
    await until(lambda: stage.whispered("by the form's own address"))
    assert (await stage.people.post("/play/shortcut", **begin))["ok"]
    assert (await stage.people.post("/play/close", user=ME, view_id=await stage.form()))["ok"]
    await stage.heard("closed", cleared=False)


async def test_the_home_tab(stage: Stage) -> None:
    await stage.people.post("/play/home", user=ME)

    async def home() -> Json | None:
        return (await stage.people.get(f"/play/views/{ME}"))["home"]

    view = await until(home)
    await stage.click(action_id="from_home", view_id=view["id"])
    await stage.heard("home action", view="home", container="view")


async def test_the_assistant(stage: Stage) -> None:
    thread = await stage.people.post("/play/assistant", user=ME, channel="CGENERAL")
    place = {"channel": thread["channel"], "thread_ts": thread["thread_ts"]}
    await until(lambda: stage.said("What shall it be?", **place))

    async def shown() -> Json:
        seen = await stage.people.get(f"/play/channel/{thread['channel']}")
        return seen["threads"].get(thread["thread_ts"], {})

    async def prompts() -> Any:
        return (await shown()).get("prompts")

    assert await until(prompts) == [{"title": "Pi", "message": "estimate pi"}]
    await stage.people.say("one", user=ME, **place)
    await until(lambda: stage.said("beside CGENERAL: one", **place))
    look = {"user": ME, "thread_ts": thread["thread_ts"], "channel": "CRAY"}
    await stage.people.post("/play/assistant/context", **look)
    await stage.heard("moved", to="CRAY")
    await stage.people.say("two", user=ME, **place)
    await until(lambda: stage.said("beside CRAY: two", **place))
    assert (await shown())["title"] == "two"


async def test_a_step_of_a_workflow(stage: Stage) -> None:
    async def run(number: int) -> str:
        step = {"user": ME, "callback_id": "double", "inputs": {"number": number}}
        return (await stage.people.post("/play/step", **step))["execution"]

    async def ended(execution: str) -> Json:
        async def over() -> Json | None:
            found = await stage.people.get(f"/play/step/{execution}")
            return found if found["state"] != "running" else None

        return await until(over)

    assert await ended(await run(21)) == {"state": "completed", "outputs": {"result": 42}, "error": ""}
    assert await ended(await run(-1)) == {"state": "failed", "outputs": {}, "error": "only from zero on"}
    waiting = await run(200)
    card = await until(lambda: stage.said("sure?"))
    await stage.click(action_id="sure", channel="CRAY", ts=card["ts"])
    assert (await ended(waiting))["outputs"] == {"result": 400}


async def test_what_the_app_does_not_have_is_not_offered(stage: Stage) -> None:
    unknown = await stage.people.post("/play/step", user=ME, callback_id="halve")
    assert (stage.people.status, unknown["error"]) == (404, "unknown_function")
    assert (await stage.people.command("x", command="/raygen"))["error"] == "unknown_command"
