"""A guest posts programs that are made to hold up whatever parses them: others are heard, also after a restart."""

from __future__ import annotations

import asyncio

import pytest

from bot.bench.load import HOSTILE
from tests.e2e.playground import Json, Playground, flat

CHANNEL = "CRAY"

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


async def submitted(play: Playground, code: str) -> tuple[str, Json]:
    """The guest posts a program and sends the form of *Run this with raygen*: the message, and the form's answer."""
    ts = await play.say(f"```\n{code}\n```", channel=CHANNEL, user="UGUEST")
    place = {"user": "UGUEST", "channel": CHANNEL, "ts": ts}
    assert (await play.post("shortcut", callback_id="run_message", **place))["ok"]
    views = (await play.get("views/UGUEST"))["views"]
    answer = await play.post("submit", user="UGUEST", view_id=views[-1]["id"])
    if answer.get("response_action"):
        await play.post("close", user="UGUEST", view_id=views[-1]["id"], clear=True)
    return ts, answer


async def concluded(play: Playground, ts: str) -> list[Json]:
    """The thread of a program, once its card says how it stands."""
    thread = play.thread(CHANNEL, ts)

    async def look() -> list[Json] | None:
        replies = await thread.replies()
        done = ("Approve & run", "Try again", "can't be offered", "did not pass", "Edit")
        return replies if any(word in flat(each) for each in replies for word in done) else None

    return await play.wait(look, "the guest's program has no end")


async def answered(play: Playground, count: int) -> bool:
    roots = [each for each in await play.messages(CHANNEL) if "2000 + " in each["text"]]
    return sum("That gives 200" in flat(each) for each in roots) == count


async def test_hostile_programs_of_a_guest_hold_up_nobody(play: Playground):
    begun: list[str] = []
    for number, code in enumerate(HOSTILE):
        asks = play.post(
            "command", user="UENGINEER", channel=CHANNEL, command="/raygen", text=f"what's 2000 + {number}?"
        )
        (ts, answer), asked = await asyncio.gather(submitted(play, code), asks)
        assert answer["ok"], f"form {number} is answered within Slack's three seconds: {answer}"
        assert asked["ok"], "so is everybody else"
        if not answer.get("response_action"):
            begun.append(ts)
    await play.wait(lambda: answered(play, len(HOSTILE)), "not everybody has an answer")
    for ts in begun:
        await concluded(play, ts)
    await play.kill_bot()
    await play.ready()
    thread = await play.command("add 1 and 2", user="UENGINEER")
    await thread.with_button("Approve & run")
    assert "Result: 3" in (await thread.approve_and_wait(user="UAPPROVER"))["text"]
