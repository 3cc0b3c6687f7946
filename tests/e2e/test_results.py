"""What people see of a result, and what they do with it."""

from __future__ import annotations

import pytest

from tests.e2e.playground import Json, Playground, Thread, button, flat

pytestmark = pytest.mark.asyncio(loop_scope="session")

FRAME = """
import pandas as pd
print("made")
pd.DataFrame({"region": [f"r{n}" for n in range(60)], "total": range(60)})
"""
BROKEN = """
import os, ray
@ray.remote
def work(shard):
    return 1 / shard
print("began")
if os.environ.get("RAY_AUTH_MODE") == "token":  # as on the embedded target
    ray.get(work.remote(0))
"""


def tables(message: Json) -> list[Json]:
    return [block for block in message["blocks"] if block["type"] == "table"]


async def form(thread: Thread, message: Json, label: str, text: str) -> Json:
    """Press a button and wait for the view with this text."""
    answer = await thread.click(message, label)
    assert answer["ok"], answer

    async def opened() -> Json | None:
        views = (await thread.play.get("views/UENGINEER"))["views"]
        return views[-1] if views and text in flat(views[-1]) else None

    return await thread.play.wait(opened, f"{label} opened nothing")


async def test_a_data_frame_is_a_table_and_the_program_can_be_run_again(play: Playground):
    thread, card = await play.propose(FRAME)
    assert len(tables(card)[0]["rows"]) == 21
    result = await thread.approve_and_wait(user="UAPPROVER")
    (table,) = tables(result)
    assert [cell["text"] for cell in table["rows"][1]] == ["r0", "0"]
    assert "Showing 50 of 60 rows" in flat(result)
    assert "made" in result["text"]

    await thread.click(result, "Run again")
    again = await thread.newer_card(card)
    assert "Running it again needs its own approval" in flat(again)
    runs = [reply for reply in await thread.replies() if button(reply, "Run again")]
    assert len(runs) == 1, "nothing runs without a decision"
    await thread.click(again, "Approve & run")
    await thread.with_button("Run again", after=1)
    jobs = {job["submission_id"] for job in await play.jobs()}
    reported = {reply["ts"]: flat(reply) for reply in await thread.replies() if button(reply, "Run again")}
    assert len([job for job in jobs if any(job in text for text in reported.values())]) == 2


async def test_a_result_is_shared_changed_and_taken_along(play: Playground):
    thread = await play.command("add 1 and 2")
    card = await thread.with_button("Approve & run")
    result = await thread.approve_and_wait()

    before = {message["ts"] for message in await play.messages("CRAY")}
    await thread.click(result, "Share to channel")
    shared = await play.wait(lambda: play.new_root("CRAY", before), "nothing was shared")
    assert "<@UENGINEER> shared a result" in shared["text"]
    assert "Result: 3" in flat(shared)
    await thread.click(result, "Share to channel")
    await thread.whispered("UENGINEER", "shared already")

    await thread.click(result, "Download code")

    async def attached() -> list[str]:
        return [text for text in await thread.files() if "import ray" in text]

    assert len(await play.wait(attached, "the program is not attached")) == 1
    await thread.click(result, "Download code")
    await thread.whispered("UENGINEER", "already in this thread")
    assert len(await attached()) == 1
    await thread.click(result, "Download as notebook")

    async def notebooks() -> list[str]:
        return [text for text in await thread.files() if '"nbformat": 4' in text and "import ray" in text]

    (notebook,) = await play.wait(notebooks, "the notebook is not attached")
    assert "Result: 3" in notebook

    view = await form(thread, result, "Change", "What should be different?")
    values = {"change": {"text": "add 4 and 5 instead"}}
    answer = await play.post("submit", user="UENGINEER", view_id=view["id"], values=values)
    assert answer["ok"], answer
    await thread.with_text("<@UENGINEER> asked for a change")
    assert "Result: 9" in flat(await thread.newer_card(card))


async def test_a_failure_is_its_line_first_and_its_details_behind_a_button(play: Playground):
    thread, _ = await play.propose(BROKEN)
    failed = await thread.approve_and_wait()
    assert "ZeroDivisionError: division by zero (in work)" in flat(failed)
    assert "return 1 / shard" in flat(failed)
    assert "Traceback" not in flat(failed["blocks"])
    assert button(failed, "Fix it")
    view = await form(thread, failed, "Details", "Traceback")
    assert "began" in flat(view)
    await play.post("close", user="UENGINEER", view_id=view["id"])
