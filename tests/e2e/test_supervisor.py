"""What a person in the thread sees of the supervisor on good and on bad days of the model service."""

from __future__ import annotations

import pytest

from bot.playground.anthropic import ErrorEvent, HttpError, ModelStandIn, Stall, say
from services.validation import spark
from tests.e2e.playground import Playground, button, flat, literal
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="session")
LONG = say("A long answer about object stores, of which the end never comes today.")


async def test_a_failure_is_one_calm_sentence_and_trying_again_works(weak: Playground, model: ModelStandIn):
    model.script.add(HttpError(401))
    thread = await weak.command("what's 15% of 2847?")
    failed = await thread.with_button("Try again")
    assert "rejected raygen's credentials" in literal(failed)
    await thread.click(failed, "Try again")
    await thread.with_text("427.05")
    assert len(await thread.replies()) == 2


async def test_the_thread_shows_which_model_answered_for_a_busy_one(weak: Playground, model: ModelStandIn):
    model.script.add(HttpError(529, retry_after=1), say("Object stores hold objects."))
    thread = await weak.command("tell me of object stores")
    answer = await thread.with_text("Object stores hold objects.")
    assert "Answered by claude-haiku-5-5" in flat(await thread.with_text("Answered by"))
    assert answer["ts"] == (await thread.replies())[0]["ts"]


async def test_an_answer_that_breaks_off_is_shown_once_and_whole(weak: Playground, model: ModelStandIn):
    model.script.add(ErrorEvent("api_error", after=12, answer=LONG), LONG)
    thread = await weak.command("tell me of object stores at length")
    await thread.with_text("Answered by")
    (answer,) = await thread.replies()
    assert literal(answer).count("A long answer") == 1
    assert "never comes today." in literal(answer)


async def test_slacks_stop_ends_a_model_call(weak: Playground, model: ModelStandIn):
    model.script.add(Stall(2 * PATIENCE, after=8, answer=LONG))
    thread = await weak.command("tell me of object stores slowly")
    await thread.with_text("A long")
    await thread.press_slacks_stop()
    await thread.with_text("Stopped. Nothing was run.")
    (stopped,) = await thread.replies()
    assert stopped.get("streaming_state") != "in_progress"


async def test_slacks_stop_ends_a_validation(play: Playground):
    thread = await play.command("add 1 and 2")
    card = await thread.with_button("Approve & run")
    await thread.submit_edit(card, "import time\nprint('began', flush=True)\ntime.sleep(600)")
    await thread.with_text("Validating it in a sealed cluster")
    await thread.press_slacks_stop()
    await thread.with_text("Stopped. Nothing was run.")
    assert button(await thread.with_button("Approve & run"), "Edit"), "the proposal before it stays"


async def test_failed_attempts_can_be_looked_at(play: Playground):
    thread = await play.command("group by region over 5000 rows with Ray Data")
    card = await thread.with_button("Approve & run")
    assert "fixed on attempt" in flat(card)
    pressed = next(block["accessory"] for block in card["blocks"] if block.get("accessory"))
    assert pressed["text"]["text"] == "Attempts"
    place = {"channel": thread.channel, "ts": card["ts"]}
    answer = await play.post("click", user="UENGINEER", **place, action_id=pressed["action_id"])
    assert answer["ok"], answer

    async def opened() -> str:
        views = (await play.get("views/UENGINEER"))["views"]
        return flat(views[-1]) if views and "Attempt 1" in flat(views[-1]) else ""

    reported = await play.wait(opened, "the attempts were not shown")
    assert "unexpected keyword argument 'alias'" in reported
    assert "import ray" in reported
    view = (await play.get("views/UENGINEER"))["views"][-1]
    await play.post("close", user="UENGINEER", view_id=view["id"])


async def test_a_spark_program_is_offered_for_elsewhere(play: Playground):
    thread = await play.command("word count in PySpark")
    card = await thread.with_button("Regenerate")
    lacking = spark.lacking()
    if lacking:
        assert f"*Not validated:* {lacking}" in flat(card)
    else:
        assert "in a sealed Spark session" in flat(card)
        assert "Result: 100,000 words" in flat(card)
    assert button(card, "Approve & run") is None
    assert "For your own Spark cluster" in flat(card)

    async def attached() -> list[str]:
        return [text for text in await thread.files() if "SparkSession" in text]

    assert await play.wait(attached, "the program is not attached")
