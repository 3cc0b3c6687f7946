"""The main job through real processes: Slack's protocol, the model's protocol, sealed Ray, target Ray, SQLite."""

from __future__ import annotations

import asyncio
import random
import re
import statistics
import time

import aiohttp
import pytest

from tests.e2e.playground import SECRET, Playground, button, flat

pytestmark = pytest.mark.asyncio(loop_scope="session")

ENVIRONMENT = """
import os, ray
@ray.remote
def everything():
    return dict(os.environ)
print(dict(os.environ), ray.get(everything.remote()))
for place in ("/proc/1/environ", "/proc/self/environ"):
    try:
        print(open(place, "rb").read())
    except OSError as error:
        print(place, type(error).__name__)
print("looked everywhere")
"""

HOSTILE = r"""
import sys
print("<!channel> <@UAPPROVER> <https://evil.example|click here>")
print("``` *bold* _it_ ~no~ `x`")
print("\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07link\x1b]8;;\x07")
print("literal \\n stays")
print("(pid=123) looks like Ray's")
print()
print("INFO worker.py:1 -- Connecting to existing Ray cluster")
sys.stdout.write("no newline at the end")
"""


async def test_a_sentence_becomes_an_approved_run(play: Playground):
    began = time.monotonic()
    thread = await play.command("add 1 and 2")
    await play.wait(thread.replies, "no sign of work", 5)
    assert time.monotonic() - began < 1.0 + 0.5, "the first sign of work comes within a second"
    card = await thread.with_button("Approve & run")
    took = time.monotonic() - began
    assert "Result: 3" in flat(card), "the evidence shows the output"
    assert "import ray" in flat(card), "the card shows the code"
    result = await thread.approve_and_wait(user="UAPPROVER")
    assert "Result: 3" in result["text"]
    assert "approved by <@UAPPROVER>" in flat(result)
    decided = await thread.with_text("Approved by <@UAPPROVER>")
    assert decided["ts"] == card["ts"]
    assert button(decided, "Approve & run") is None, "a decided card has no live buttons"
    assert took < 10
    job = re.search(r"raygen-[0-9a-f]+", flat(result))
    assert job
    jobs = await listed_jobs(play)
    assert [entry["status"] for entry in jobs if entry["submission_id"] == job[0]] == ["SUCCEEDED"]


async def test_a_follow_up_builds_on_the_last_program(play: Playground):
    thread = await play.command("estimate pi with 20 tasks")
    first = await thread.with_button("Approve & run")
    await play.say("use 30 tasks instead", channel="CRAY", thread_ts=thread.ts)

    async def replaced():
        cards = [reply for reply in await thread.replies() if button(reply, "Approve & run")]
        return cards if cards and cards[-1]["ts"] != first["ts"] else None

    cards = await play.wait(replaced, "no second proposal")
    assert "30" in flat(cards[-1])
    old = await thread.with_text("Replaced by the newer proposal")
    assert old["ts"] == first["ts"]
    answer = await play.post("click", user="UENGINEER", channel="CRAY", ts=first["ts"], action_id="proposal_approve")
    assert answer["ok"] or answer["status"] >= 400
    await asyncio.sleep(1)
    assert not [reply for reply in await thread.replies() if "approved by" in flat(reply)]


async def test_a_draft_that_fails_is_repaired_from_the_real_error(play: Playground):
    prompts = (await play.get("state"))["about"].get("repairs") or ["sweep the parameter alpha over 8 values"]
    thread = await play.command(prompts[0])
    card = await thread.with_button("Approve & run")
    assert "after repair" in flat(card)


async def test_acknowledgements_are_quick_while_a_validation_runs(play: Playground):
    thread = await play.command("add 1 and 2")
    await thread.edit_to("print('slow is next')")
    card = await thread.with_button("Approve & run")
    acks: list[float] = []
    await thread.click(card, "Edit")
    slow = asyncio.create_task(thread.edit_to("import time\ntime.sleep(12)\nprint('slow')"))
    await asyncio.sleep(1)
    for number in range(25):
        answer = await play.post("command", user="UENGINEER", channel="CRAY", command="/raygen", text="help")
        acks.append(answer["ack_ms"])
        answer = await play.post(
            "click", user="UGUEST", channel="CRAY", ts=card["ts"], action_id=f"unknown_{number}"
        )
        acks.append(answer.get("ack_ms", 0))
    await slow
    assert statistics.median(acks) < 200


async def test_one_event_delivered_three_times_gives_one_proposal(play: Playground):
    ts = await play.say("<@URAYGEN> add 4 and 5", channel="CRAY")
    for _ in range(2):
        await play.post("redeliver", ts=ts, channel="CRAY")
    thread = play.thread("CRAY", ts)
    await thread.with_button("Approve & run")
    await asyncio.sleep(2)
    cards = [reply for reply in await thread.replies() if button(reply, "Approve & run")]
    assert len(cards) == 1
    assert len(await thread.replies()) == 1


async def test_five_people_approve_at_once_and_it_runs_once(play: Playground):
    thread = await play.command("add 2 and 2")
    card = await thread.with_button("Approve & run")
    users = ["UENGINEER", "UAPPROVER", "UENGINEER", "UAPPROVER", "UENGINEER"]
    await asyncio.gather(*(thread.click(card, "Approve & run", user=user) for user in users))
    await thread.with_text("Result: 4")

    async def results():
        return [reply for reply in await thread.replies() if "approved by" in flat(reply)]

    await play.wait(results, "no result")
    await asyncio.sleep(1)
    assert len(await results()) == 1
    assert len([job for job in await listed_jobs(play) if job["metadata"].get("raygen_session") == await session_of(play, card)]) == 1


async def test_a_guest_may_ask_but_not_approve(play: Playground):
    thread = await play.command("add 3 and 3", user="UGUEST")
    card = await thread.with_button("Approve & run")
    await thread.click(card, "Approve & run", user="UGUEST")

    async def whispered():
        return [m for m in await everything(play, "CRAY", "UGUEST") if "Guests can't approve" in flat(m)]

    await play.wait(whispered, "the guest was not told", 10)
    assert button(await thread.with_button("Approve & run"), "Approve & run")


async def test_no_secret_is_visible_in_validation_or_run(play: Playground):
    thread = await play.command("add 1 and 2")
    card = await thread.edit_to(ENVIRONMENT)
    assert "looked everywhere" in flat(card)
    result = await thread.approve_and_wait()
    assert "looked everywhere" in flat(result) or await output_file(play, thread, "looked everywhere")
    for text in (flat(card), flat(result), *(await file_texts(play, thread))):
        assert SECRET not in text
        assert "xoxb-" not in text
        assert "xapp-" not in text
        assert "sk-ant" not in text


async def test_hostile_output_is_shown_right_and_harms_nothing(play: Playground):
    thread = await play.command("add 1 and 2")
    await thread.edit_to(HOSTILE)
    result = await thread.approve_and_wait()
    assert "&lt;!channel&gt;" in result["text"], "the fallback text is escaped"
    assert "<!channel>" not in result["text"]
    shown = "".join(texts(result))
    assert "<!channel> <@UAPPROVER>" in shown, "rich text is literal"
    assert "``` *bold*" in shown
    assert "red link" in shown
    assert "\x1b" not in shown
    assert "literal \\n stays" in shown
    assert "(pid=123) looks like Ray's\n\nINFO worker.py:1 -- Connecting to existing Ray cluster\n" in shown
    assert "no newline at the end" in shown


async def test_long_output_has_head_tail_and_a_file(play: Playground):
    thread = await play.command("add 1 and 2")
    await thread.edit_to("print('first line')\nprint('x' * 200_000)\nprint('last line')")
    result = await thread.approve_and_wait()
    shown = "".join(texts(result))
    assert "first line" in shown
    assert "last line" in shown
    assert len(shown) < 13_000

    async def attached():
        return [text for text in await file_texts(play, thread) if len(text) > 200_000]

    whole = await play.wait(attached, "the whole output is not attached", 10)
    assert whole[0].startswith("first line\nxxx")
    assert whole[0].rstrip().endswith("x\nlast line")


async def test_a_run_is_stopped_by_its_button(play: Playground):
    thread = await play.command("add 1 and 2")
    await thread.edit_to("import time\nfor n in range(40):\n    print('tick', n, flush=True)\n    time.sleep(1)")
    # 40 s would not end in time for anyone to wait; the validation passes because its limit is longer.
    card = await thread.with_button("Approve & run")
    await thread.click(card, "Approve & run")
    live = await thread.with_text("tick 2")
    began = time.monotonic()
    await thread.click(live, "Stop", user="UAPPROVER")
    ended = await thread.with_text("*Stopped* by <@UAPPROVER>", 15)
    assert time.monotonic() - began < 10
    assert ended["ts"] == live["ts"]
    assert "tick 2" in flat(ended), "what was printed is kept"


async def test_a_failed_run_is_never_called_a_success(play: Playground):
    thread = await play.command("add 1 and 2")
    await thread.edit_to("import os\nprint('before')\nimport random, time\nassert time.time() % 1 >= 0\n")
    result = await thread.approve_and_wait()
    assert "Result" in flat(result)
    thread = await play.command("add 1 and 2")
    # It passes in the seal, where the host's name differs from the target's.
    await thread.edit_to(
        "import os\nprint('before')\nif os.path.exists('/proc/net/route') and len(open('/proc/net/route').readlines()) > 1:\n    1 / 0\n"
        "elif len(os.listdir('/sys/class/net') if os.path.exists('/sys/class/net') else []) > 1:\n    1 / 0\n"
    )


@pytest.mark.parametrize("text", ["", "   ", "help"])
async def test_an_empty_command_gets_help(play: Playground, text: str):
    before = len(await play.messages("CRAY"))
    answer = await play.post("command", user="UENGINEER", channel="CRAY", command="/raygen", text=text)
    assert "estimate pi with 100 tasks" in flat(answer)
    assert len(await play.messages("CRAY")) == before


async def test_a_prompt_that_is_far_too_long_gets_one_sentence(play: Playground):
    before = len(await play.messages("CRAY"))
    await play.post("command", user="UENGINEER", channel="CRAY", command="/raygen", text="x" * 20_000)

    async def told():
        return [m for m in await everything(play, "CRAY", "UENGINEER") if "20,000 characters" in flat(m)]

    await play.wait(told, "nobody was told", 10)
    assert len(await play.messages("CRAY")) == before


async def test_edits_other_bots_and_people_among_themselves_are_left_alone(play: Playground):
    ts = await play.say("hello all", channel="CGENERAL")
    await play.post("edit", user="UENGINEER", channel="CGENERAL", ts=ts, text="hello everyone")
    thread_ts = await play.say("hi <@UAPPROVER>, lunch?", channel="CGENERAL", thread_ts=ts)
    assert thread_ts
    await asyncio.sleep(1.5)
    assert await play.thread("CGENERAL", ts).replies_by_bot() == []


async def test_a_direct_message_is_answered(play: Playground):
    ts = await play.say("what's 15% of 2847?", channel="DENGINEER")
    assert "427.05" in flat(await play.thread("DENGINEER", ts).with_text("427.05"))


async def test_killed_at_random_moments_it_ends_in_one_run_and_one_result(play: Playground):
    chance = random.Random(7)
    for number in range(10):
        thread = await play.command(f"add {number} and 100")
        moment = chance.uniform(0.0, 1.6)
        killer = asyncio.create_task(kill_after(play, moment))
        card = await thread.with_button("Approve & run", 60)
        await killer
        if number % 2:
            await play.ready()
            await thread.click(card, "Approve & run")
            await kill_after(play, chance.uniform(0.0, 2.5))
        else:
            await play.ready()
            await thread.click(card, "Approve & run")
        await thread.with_text(f"approved by <@UENGINEER>", 60)
        await play.ready()
        replies = await thread.replies()
        results = [reply for reply in replies if "approved by" in flat(reply)]
        assert len(results) == 1, f"round {number}: {len(results)} results"
        assert f"Result: {number + 100}" in flat(results[0])
        assert len(replies) == 2, f"round {number}: a card and a result, no more"
        assert not [reply for reply in replies if "hourglass" in flat(reply)], "no message is left spinning"
        job = re.search(r"raygen-[0-9a-f]+", flat(results[0]))
        assert job
        assert len([entry for entry in await listed_jobs(play) if entry["submission_id"] == job[0]]) == 1
