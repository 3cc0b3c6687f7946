"""Slack's own sample apps, as they are published, against the stand-in: each of their listeners, driven by people.

They are not part of this repository. A model that one of them asks answers with the words that it was asked.
"""

import json
import os
import shutil
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.playground.slack.installed import Installed
from bot.playground.slack.server import SlackStandIn
from tests.contract.slack.child import Child, child, patient
from tests.contract.slack.people import People, people_at
from tests.waiting import until

Json = dict[str, Any]

SETTING = "RAYGEN_SLACK_SAMPLES"
GITHUB = "https://github.com/slack-samples"
ME, DIRECT = "UENGINEER", "DENGINEER"


@dataclass(frozen=True, slots=True)
class Stage:
    people: People
    app: Child

    async def posts(self, channel: str, thread_ts: str = "") -> list[Json]:
        """What the app has said, in a conversation or in one of its threads."""
        messages = await self.people.messages(channel)
        replies = [one for root in messages if root["ts"] == thread_ts for one in root["replies"]]
        return [one for one in (replies if thread_ts else messages) if one.get("bot_id")]

    async def said(self, words: str, channel: str = "CRAY", thread_ts: str = "") -> Json:
        async def found() -> Json | None:
            posts = await self.posts(channel, thread_ts)
            return next((one for one in posts if words in json.dumps(one)), None)

        return await until(found)

    async def whispered(self, words: str, channel: str = "CRAY") -> None:
        async def found() -> bool:
            seen = (await self.people.get(f"/play/channel/{channel}?user={ME}"))["messages"]
            everything = [*seen, *(reply for one in seen for reply in one["replies"])]
            return any(one.get("is_ephemeral") and words in json.dumps(one) for one in everything)

        await until(found)

    async def view(self, condition: Callable[[Json], bool] = lambda _: True) -> Json:
        """The topmost modal, once it is such a one."""

        async def found() -> Json | None:
            views = (await self.people.get(f"/play/views/{ME}"))["views"]
            return views[-1] if views and condition(views[-1]) else None

        return await until(found)

    async def home(self, words: str) -> Json:
        await self.do("home")

        async def found() -> Json | None:
            home = (await self.people.get(f"/play/views/{ME}"))["home"]
            return home if home and words in json.dumps(home) else None

        return await until(found)

    async def thread(self, ts: str, name: str, channel: str = DIRECT) -> Any:
        async def found() -> Any:
            return (await self.people.get(f"/play/channel/{channel}"))["threads"].get(ts, {}).get(name)

        return await until(found)

    async def step(self, callback_id: str, **inputs: Any) -> str:
        return (await self.do("step", callback_id=callback_id, inputs=inputs))["execution"]

    async def outcome(self, execution: str) -> Json:
        async def found() -> Json | None:
            seen = await self.people.get(f"/play/step/{execution}")
            return seen if seen["state"] != "running" else None

        return await until(found)

    async def do(self, what: str, **body: Any) -> Json:
        answer = await self.people.post(f"/play/{what}", user=ME, **body)
        assert self.people.status == 200, answer
        return answer


@asynccontextmanager
async def on_stage(tmp_path: Path, name: str, inside: str = ".") -> AsyncGenerator[Stage]:
    """A copy of the checkout as a process, installed by its own manifest; it must end without a complaint."""
    checkouts = os.environ.get(SETTING, "")
    checkout = Path(checkouts) / name
    if not checkouts or not checkout.is_dir():
        pytest.skip(f"{SETTING} names no folder with this sample app; it comes by: git clone {GITHUB}/{name}")
    app = tmp_path / "app"
    shutil.copytree(checkout, app, ignore=shutil.ignore_patterns(".git"))
    manifest = json.loads((app / inside / "manifest.json").read_text(encoding="utf-8"))
    slack = SlackStandIn(rules=patient(Installed.by(manifest)))
    keys = {"OPENAI_API_KEY": "sk-test"}
    async with (
        slack.serve(),
        people_at(slack.url) as people,
        child(("app.py",), app / inside, tmp_path / "app.log", slack, app / inside, **keys) as process,
    ):
        yield Stage(people, process)
        assert process.complaints() == []


async def test_getting_started(tmp_path: Path) -> None:
    async with on_stage(tmp_path, "bolt-python-getting-started-app") as stage:
        await stage.people.say("why, hello there")
        card = await stage.said("Hey there <@UENGINEER>!")
        await stage.do("click", channel="CRAY", ts=card["ts"], action_id="button_click")
        await stage.said("<@UENGINEER> clicked the button")


async def test_starter_template(tmp_path: Path) -> None:
    async with on_stage(tmp_path, "bolt-python-starter-template") as stage:
        await stage.people.say("hello raygen")
        await stage.said("hello, how are you?")
        answer = await stage.people.command("with sugar", command="/sample-command")
        assert answer["ok"]
        await stage.whispered("Your command was: with sugar")
        await stage.home("Welcome home, <@UENGINEER>")
        await stage.do("shortcut", callback_id="sample_shortcut_id")
        view = await stage.view()
        await stage.do("click", view_id=view["id"], action_id="sample_action_id")
        changed = await stage.view(lambda one: one["title"]["text"] == "Update modal title")
        values = {
            "input_block_id": {"sample_input_id": "to compute"},
            "select_channel_block_id": {"sample_dropdown_id": "CGENERAL"},
        }
        await stage.do("submit", view_id=changed["id"], values=values)
        await stage.said("to compute", "CGENERAL")


async def test_assistant_template(tmp_path: Path) -> None:
    async with on_stage(tmp_path, "bolt-python-assistant-template") as stage:
        started = await stage.do("assistant", channel="CRAY")
        place = {"channel": started["channel"], "thread_ts": started["thread_ts"]}
        await stage.said("How can I help you?", **place)
        prompts = await stage.thread(started["thread_ts"], "prompts")
        assert prompts[-1]["title"] == "Summarize the referred channel"
        await stage.people.say("tell me", **place)
        await stage.said("*echo* tell me", **place)
        await stage.people.say("what is said here", channel="CGENERAL")
        await stage.do("assistant/context", thread_ts=started["thread_ts"], channel="CGENERAL")

        async def moved() -> bool:
            first = (await stage.posts(**place))[0]
            return first.get("metadata", {}).get("event_payload", {}).get("channel_id") == "CGENERAL"

        await until(moved)
        await stage.people.say(prompts[-1]["message"], **place)
        await stage.said("what is said here", **place)


async def test_custom_step(tmp_path: Path) -> None:
    async with on_stage(tmp_path, "bolt-python-custom-step-template") as stage:
        offered = await stage.outcome(await stage.step("behavior_options"))
        assert len(offered["outputs"]["options"]) == 6
        waiting = await stage.step("sample_step", user_id=ME, button_behavior="2")
        card = await stage.said("Click this button to release a random pun bomb", DIRECT)
        await stage.do("click", channel=DIRECT, ts=card["ts"], action_id="sample_click")
        assert await stage.outcome(waiting) == {"state": "completed", "outputs": {"user_id": ME}, "error": ""}
        await stage.said("Step completed successfully!", DIRECT)


async def test_search(tmp_path: Path) -> None:
    """Its filters only: what it searches in is a method of Slack's of which nothing is published."""
    async with on_stage(tmp_path, "bolt-python-search-template") as stage:
        shown = await stage.outcome(await stage.step("filters", user_context={"id": ME}))
        assert [one["name"] for one in shown["outputs"]["filters"]] == ["languages", "template", "sample"]


async def test_chatbot(tmp_path: Path) -> None:
    async with on_stage(tmp_path, "bolt-python-ai-chatbot") as stage:
        home = await stage.home("Pick an option")
        [block] = [one for one in home["blocks"] if one["type"] == "actions"]
        [menu] = block["elements"]
        choice = menu["options"][0]
        await stage.do("click", view_id=home["id"], action_id="pick_a_provider", selected_option=choice)
        await stage.home(f'"initial_option": {json.dumps(choice)}')
        said = await stage.people.say("@raygen sing")
        await stage.said("echo Prompt: <@URAYGEN> sing", "CRAY", said["ts"])
        await stage.people.say("dance", channel=DIRECT)
        await stage.said("echo Prompt: dance", DIRECT)
        assert (await stage.people.command("jump", command="/ask-bolty"))["ok"]
        await stage.whispered("echo Prompt: jump")
        assert (await stage.people.command("", command="/ask-bolty"))["ok"]
        await stage.whispered("you didn't provide a prompt")
        summary = await stage.step("summary_function", user_context={"id": ME}, channel_id="CRAY")
        assert "sing" in (await stage.outcome(summary))["outputs"]["response"]


@pytest.mark.parametrize("name", ["bolt-python-starter-agent", "bolt-python-support-agent"])
async def test_agents(tmp_path: Path, name: str) -> None:
    async with on_stage(tmp_path, name, "claude-agent-sdk") as stage:
        await stage.home("Hey there")
        said = await stage.people.say("@raygen count")
        answer = await stage.said("echo count", "CRAY", said["ts"])
        click = {"channel": "CRAY", "ts": answer["ts"], "action_id": "feedback"}
        await until(lambda: _stopped(stage, said["ts"]))
        await stage.do("click", **click, value="good-feedback")
        await stage.whispered("Glad that was helpful!")
        await stage.do("click", **click, value="bad-feedback")
        await stage.whispered("Sorry that wasn't helpful.")
        await stage.people.say("on", thread_ts=said["ts"])
        await stage.said("echo again on", "CRAY", said["ts"])
        direct = await stage.people.say("here too", channel=DIRECT)
        await stage.said("echo here too", DIRECT, direct["ts"])
        bare = await stage.people.say("@raygen")
        await stage.said("How can I help you?", "CRAY", bare["ts"])


async def _stopped(stage: Stage, thread_ts: str) -> bool:
    """The answer is whole: its buttons are there."""
    return any("feedback" in json.dumps(one) for one in await stage.posts("CRAY", thread_ts))


async def test_starter_agent_offers_prompts(tmp_path: Path) -> None:
    async with on_stage(tmp_path, "bolt-python-starter-agent", "claude-agent-sdk") as stage:
        started = await stage.do("assistant")
        prompts = await stage.thread(started["thread_ts"], "prompts")
        assert [one["title"] for one in prompts] == ["Write a Message", "Summarize", "Brainstorm"]
        assert await stage.thread(started["thread_ts"], "prompts_title") == "How can I help you today?"


async def test_support_agent_takes_an_issue_by_a_form(tmp_path: Path) -> None:
    async with on_stage(tmp_path, "bolt-python-support-agent", "claude-agent-sdk") as stage:
        home = await stage.home("category_network_issues")
        await stage.do("click", view_id=home["id"], action_id="category_network_issues")
        view = await stage.view()
        values = {"description_block": {"description_input": "no signal"}}
        await stage.do("submit", view_id=view["id"], values=values)
        issue = await stage.said("*Category:* Network Issues", DIRECT)
        await stage.said("no signal", DIRECT, issue["ts"])
