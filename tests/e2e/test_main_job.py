"""The main job through real processes: Slack's protocol, the model's protocol, sealed Ray, target Ray, SQLite."""

from __future__ import annotations

import asyncio
import random
import re
import statistics

import pytest

from tests.e2e.playground import SECRET, Playground, button, flat, is_result, literal

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

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
    thread = await play.command("add 1 and 2")
    await play.wait(thread.replies, "no sign of work")
    card = await thread.with_button("Approve & run")
    assert "Result: 3" in flat(card), "the evidence shows the output"
    assert "import ray" in flat(card), "the card shows the code"
    result = await thread.approve_and_wait(user="UAPPROVER")
    assert "Result: 3" in result["text"]
    assert "approved by <@UAPPROVER>" in flat(result)
    decided = await thread.with_text("Approved by <@UAPPROVER>")
    assert decided["ts"] == card["ts"]
    assert button(decided, "Approve & run") is None, "a decided card has no live buttons"
    job = job_of(result)
    assert [entry["status"] for entry in await play.jobs() if entry["submission_id"] == job] == ["SUCCEEDED"]


async def test_a_follow_up_builds_on_the_last_program_and_replaces_it_visibly(play: Playground):
    thread = await play.command("estimate pi with 20 tasks")
    first = await thread.with_button("Approve & run")
    await play.say("use 30 tasks instead", channel="CRAY", thread_ts=thread.ts)
    second = await thread.newer_card(first)
    assert "30" in flat(second)
    old = await thread.with_text("Replaced by the newer proposal")
    assert old["ts"] == first["ts"]
    await thread.click(first, "Approve & run")
    await thread.whispered("UENGINEER", "A newer proposal replaced that one")
    assert not [reply for reply in await thread.replies() if is_result(reply)]


async def test_a_draft_that_fails_is_repaired_from_the_real_error(play: Playground):
    thread = await play.command("sum of squares up to 1000")
    assert "fixed on attempt" in flat(await thread.with_button("Approve & run"))


async def test_everybody_is_heard_while_a_validation_runs(play: Playground):
    other = await play.command("add 5 and 6")
    card = await other.with_button("Approve & run")
    thread = await play.command("add 1 and 2")
    edited = await thread.with_button("Approve & run")
    await thread.submit_edit(edited, "import time\nprint('began', flush=True)\ntime.sleep(600)")
    await thread.with_text("Validating it in a sealed cluster")
    acks: list[float] = []
    for number in range(16):
        if number % 2:
            acks.append((await other.click(card, "Edit"))["ack_ms"])
            continue
        text = "what's 15% of 2847?" if number % 8 == 0 else "help"
        before = {message["ts"] for message in await play.messages("CRAY")}
        pressed = await play.post("command", user="UENGINEER", channel="CRAY", command="/raygen", text=text)
        assert pressed["ok"], pressed
        acks.append(pressed["ack_ms"])
        if text != "help":
            root = await play.wait(lambda before=before: play.new_root("CRAY", before), "no thread")
            await play.wait(play.thread("CRAY", root["ts"]).replies, "no sign of work")
    print(f"{len(acks)} acknowledgements, half of them within {statistics.median(acks)} ms")  # noqa: T201
    await thread.press_slacks_stop()
    await thread.with_text("Stopped. Nothing was run.")


async def test_one_event_delivered_three_times_gives_one_proposal(play: Playground):
    body = {"user": "UENGINEER", "channel": "CRAY", "text": "<@URAYGEN> add 4 and 5"}
    answer = await play.post("message", **body)
    for event_id in answer["event_ids"] * 2:
        await play.post("redeliver", event_id=event_id)
    thread = play.thread("CRAY", answer["ts"])
    assert "Result: 9" in flat(await thread.with_button("Approve & run"))
    await asyncio.sleep(1.5)
    assert len(await thread.replies()) == 1


async def test_five_people_approve_at_once_and_it_runs_once(play: Playground):
    thread = await play.command("add 2 and 2")
    card = await thread.with_button("Approve & run")
    users = ["UENGINEER", "UAPPROVER", "UENGINEER", "UAPPROVER", "UENGINEER"]
    await asyncio.gather(*(thread.click(card, "Approve & run", user=user) for user in users))
    result = await thread.ended()
    assert "Result: 4" in result["text"]
    await asyncio.sleep(1)
    assert len([reply for reply in await thread.replies() if is_result(reply)]) == 1
    assert [entry["submission_id"] for entry in await play.jobs()].count(job_of(result)) == 1


async def test_a_guest_may_ask_but_not_approve(play: Playground):
    thread = await play.command("add 3 and 3", user="UGUEST")
    card = await thread.with_button("Approve & run")
    await thread.click(card, "Approve & run", user="UGUEST")
    await thread.whispered("UGUEST", "Guests can't approve")
    assert button(await thread.with_button("Approve & run"), "Approve & run")


async def test_no_secret_is_visible_in_validation_or_run(play: Playground):
    thread, card = await play.propose(ENVIRONMENT)
    assert "looked everywhere" in flat(card)
    result = await thread.approve_and_wait()
    assert "looked everywhere" in flat(result)
    for text in (flat(card), flat(result), *await thread.files()):
        for secret in (SECRET, "xoxb-", "xapp-", "sk-ant"):
            assert secret not in text


async def test_hostile_output_is_shown_right_and_harms_nothing(play: Playground):
    thread = await play.command("add 1 and 2")
    await thread.edit_to(HOSTILE)
    result = await thread.approve_and_wait()
    assert "&lt;!channel&gt;" in result["text"], "the fallback text is escaped"
    assert "<!channel>" not in result["text"]
    shown = literal(result)
    assert "<!channel> <@UAPPROVER>" in shown, "rich text is literal"
    assert "``` *bold*" in shown
    assert "red link" in shown
    assert "\x1b" not in shown
    assert "literal \\n stays" in shown
    assert "(pid=123) looks like Ray's\n\nINFO worker.py:1 -- Connecting to existing Ray cluster\n" in shown
    assert "no newline at the end" in shown


async def test_long_output_has_head_tail_and_a_file(play: Playground):
    thread, _ = await play.propose("print('first line')\nprint('x' * 200_000)\nprint('last line')")
    shown = literal(await thread.approve_and_wait())
    assert "first line" in shown
    assert "last line" in shown
    assert len(shown) < 13_000

    async def attached() -> list[str]:
        return [text for text in await thread.files() if len(text) > 200_000]

    whole = await play.wait(attached, "the whole output is not attached")
    assert whole[0].startswith("first line\nxxx")
    assert whole[0].rstrip().endswith("x\nlast line")


async def test_a_run_is_stopped_by_its_button(play: Playground):
    # The embedded target's Ray has a token, the seal's has none: the same program is short there and long on the target.
    code = (
        "import os, time\nsealed = os.environ.get('RAY_AUTH_MODE') != 'token'\n"
        "for n in range(2 if sealed else 60):\n    print('tick', n, flush=True)\n    time.sleep(0.5)"
    )
    thread, card = await play.propose(code)
    await thread.click(card, "Approve & run")
    live = await thread.with_text("tick 4")
    await thread.click(live, "Stop", user="UAPPROVER")
    ended = await thread.with_text("*Run stopped* by <@UAPPROVER>")
    assert ended["ts"] == live["ts"]
    assert "tick 4" in flat(ended), "what was printed is kept"


async def test_a_guest_stops_their_own_run_and_nobody_elses(play: Playground):
    code = (
        "import os, time\nsealed = os.environ.get('RAY_AUTH_MODE') != 'token'\n"
        "for n in range(2 if sealed else 120):\n    print('tick', n, flush=True)\n    time.sleep(0.5)"
    )
    for requester in ("UENGINEER", "UGUEST"):
        thread, card = await play.propose(code, user=requester)
        await thread.click(card, "Approve & run")
        live = await thread.with_text("tick 2")
        await thread.click(live, "Stop", user="UGUEST")
        if requester != "UGUEST":
            await thread.whispered("UGUEST", "Guests can stop this run only if they asked for it.")
            await thread.click(live, "Stop", user=requester)
        await thread.with_text(f"*Run stopped* by <@{requester}>")


async def test_a_failed_run_is_never_called_a_success(play: Playground):
    thread, _ = await play.propose(
        "import os\nprint('before')\nif os.environ.get('RAY_AUTH_MODE') == 'token':\n    {}['nothing']"
    )
    result = await thread.approve_and_wait()
    assert "*Run failed*" in flat(result)
    assert "KeyError: 'nothing'" in flat(result)
    assert "before" in literal(result)
    assert "*Run succeeded*" not in flat(result)
    assert button(result, "Fix it")


async def test_an_edit_that_the_policy_refuses_is_reported_in_the_form(play: Playground):
    thread = await play.command("add 1 and 2")
    card = await thread.with_button("Approve & run")
    answer = await thread.submit_edit(card, "def broken(:\n")
    assert answer.get("errors"), answer
    await play.post("close", user="UENGINEER", view_id=answer["view_id"])


@pytest.mark.parametrize("text", ["", "   ", "help"])
async def test_an_empty_command_gets_help(play: Playground, text: str):
    before = len(await play.messages("CRAY"))
    answer = await play.post("command", user="UENGINEER", channel="CRAY", command="/raygen", text=text)
    assert "estimate pi with 100 tasks" in flat(answer)
    assert len(await play.messages("CRAY")) == before


async def test_a_prompt_that_is_far_too_long_gets_one_sentence(play: Playground):
    before = len(await play.messages("CRAY"))
    await play.post("command", user="UENGINEER", channel="CRAY", command="/raygen", text="x" * 20_000)
    await play.whispered("CRAY", "UENGINEER", "20,000 characters")
    assert len(await play.messages("CRAY")) == before


async def test_edits_and_people_among_themselves_are_left_alone(play: Playground):
    ts = await play.say("hello all", channel="CGENERAL")
    await play.post("edit", user="UENGINEER", channel="CGENERAL", ts=ts, text="hello everyone")
    await play.say("hi <@UAPPROVER>, lunch?", channel="CGENERAL", thread_ts=ts)
    await asyncio.sleep(1.5)
    replies = await play.thread("CGENERAL", ts).replies()
    assert [reply for reply in replies if reply.get("bot_id")] == []


async def test_a_direct_message_is_answered(play: Playground):
    ts = await play.say("what's 15% of 2847?", channel="DENGINEER")
    await play.thread("DENGINEER", ts).with_text("427.05")


async def test_files_of_a_thread_are_read_by_validation_and_run_and_bound_to_the_proposal(play: Playground):
    files = {"orders.csv": b"id,amount\n1,10\n2,32\n", "huge.bin": bytes(50_000_001)}
    ts = await play.upload(files, "describe orders.csv", channel="DENGINEER")
    thread = play.thread("DENGINEER", ts)
    card = await thread.with_button("Approve & run")
    assert "Result: 2 rows in orders.csv" in flat(card)
    assert "orders.csv (" in flat(card)
    assert "huge.bin' is larger than" in flat(card)
    result = await thread.approve_and_wait()
    assert "Result: 2 rows in orders.csv" in flat(result)
    await play.upload(
        {"orders.csv": b"id,amount\n1,1\n"}, "describe orders.csv", channel="DENGINEER", thread_ts=ts
    )
    newer = await thread.with_button("Approve & run")
    assert "Result: 1 rows in orders.csv" in flat(newer), "the newer file is another input"


async def test_a_request_that_is_edited_or_deleted_before_it_has_its_answer(play: Playground):
    place = {"user": "UENGINEER", "channel": "DENGINEER"}
    ts = await play.say("add 1 and 2", channel="DENGINEER")
    thread = play.thread("DENGINEER", ts)
    card = await thread.with_button("Approve & run")
    await thread.submit_edit(card, "import time\ntime.sleep(5)\nprint('slow')")
    await thread.with_text("Validating it in a sealed cluster")
    changed = await play.say("add 3 and 4", channel="DENGINEER", thread_ts=ts)
    deleted = await play.say("add 1 and 1", channel="DENGINEER", thread_ts=ts)
    await thread.with_text("earlier requests in this thread")
    await play.post("edit", **place, ts=changed, text="add 3 and 5")
    await play.post("delete", **place, ts=deleted)
    await thread.with_text("Result: 8")
    reported = [flat(reply) for reply in await thread.replies()]
    assert sum("Stopped. Nothing was run." in text for text in reported) == 2
    assert not any("Result: 7" in text or "Result: 2" in text for text in reported)
    await play.post("edit", **place, ts=changed, text="add 3 and 6")
    await thread.with_text("Result: 8")
    assert len(await thread.replies()) == len(reported), "what has its answer is not asked again by an edit"


async def test_killed_while_it_works_on_requests_it_gives_each_of_them_one_card(play: Playground):
    chance = random.Random(7)
    threads = [await play.command(f"add {number} and 100") for number in range(2)]
    await play.kill_bot_after(chance.uniform(0.0, 0.6))
    await play.kill_bot_after(chance.uniform(1.0, 5.0))
    for number, thread in enumerate(threads):
        card = await thread.with_button("Approve & run")
        assert f"Result: {number + 100}" in flat(card)
        assert await thread.replies() == [card], "one card, and nothing is left spinning"
    await play.ready()


async def test_the_whole_playground_killed_and_started_again_loses_nothing(play: Playground):
    chance = random.Random(8)
    for number in range(1):
        thread = await play.command(f"add {number} and 200")
        await play.kill_all_after(chance.uniform(0.0, 0.4))
        await play.start()
        card = await thread.with_button("Approve & run")
        await play.ready()
        await thread.click(card, "Approve & run")
        await play.kill_all_after(chance.uniform(0.0, 2.5))
        await play.start()
        result = await thread.ended()
        replies = await thread.replies()
        assert f"Result: {number + 200}" in result["text"]
        assert len(replies) == 2, f"round {number}: a card and a result, no more"
        assert "hourglass" not in flat({"replies": replies}), "no message is left spinning"
        assert [entry["submission_id"] for entry in await play.jobs()].count(job_of(result)) == 1
    await play.ready()


def job_of(result: dict[str, object]) -> str:
    found = re.search(r"raygen-[0-9a-f]{8,}", flat(result))
    assert found
    return found[0]


PARAMETRIZED = """# /// script
# [tool.raygen.parameters]
# rows = { default = 1000, validation = 10, min = 1, max = 5000, help = "rows to count" }
# mode = { default = "fast", choices = ["fast", "exact"] }
# ///
import argparse

import ray

parser = argparse.ArgumentParser()
parser.add_argument("--rows", type=int)
parser.add_argument("--mode")
given = parser.parse_args()
ray.init()
print("Result:", ray.get(ray.remote(lambda n: n + 1).remote(given.rows)), given.mode)
"""


async def test_other_values_are_a_proposal_of_the_same_program_and_run(play: Playground):
    thread, card = await play.propose(PARAMETRIZED)
    assert "Validated with rows=10; runs with rows=1,000." in flat(card)
    assert "Result: 11 fast" in flat(card)
    form = {"user": "UENGINEER", "view_id": (await thread.open_form(card, "Parameters"))["id"]}
    refused = await play.post("submit", **form, values={"parameter_rows": {"text": "5001"}})
    assert refused["errors"] == {"parameter_rows": "rows must be at most 5,000."}
    wanted = {"parameter_rows": {"text": "2000"}, "parameter_mode": {"chosen": "1"}}
    assert (await play.post("submit", **form, values=wanted))["ok"]
    newer = await thread.newer_card(card)
    assert "rows=2,000 instead of 1,000, mode=exact instead of fast" in flat(newer)
    assert "Result: 11 exact" in flat(newer)
    assert "Result: 2001 exact" in flat(await thread.approve_and_wait())
