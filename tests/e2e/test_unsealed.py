"""An operator's own choices: to validate without a seal, which every proposal then says, and several targets."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.playground import Json, Playground, Thread, flat, running

TARGETS = """
[embedded]
default = true

[spare]
address = "http://127.0.0.1:9"
"""


async def chosen(play: Playground, thread: Thread, card: Json, name: str) -> Json:
    """The card, once the menu on it has been used."""
    elements = [each for block in card["blocks"] for each in block.get("elements", [])]
    (menu,) = [each for each in elements if each["type"] == "static_select"]
    option = next(each for each in menu["options"] if each["text"]["text"] == f"Run on {name}")
    place = {"user": "UENGINEER", "channel": thread.channel, "ts": card["ts"]}
    answer = await play.post("click", **place, action_id=menu["action_id"], selected_option=option)
    assert answer["ok"], answer
    return await thread.with_text(f"*Runs on* {name}")


async def test_an_unsealed_validation_shows_and_a_proposal_runs_where_its_card_says(tmp_path: Path):
    file = tmp_path / "targets.toml"
    file.write_text(TARGETS)
    async with running(tmp_path, RAYGEN_VALIDATION="unsealed", RAYGEN_TARGETS=str(file)) as play:
        thread = await play.command("add 1 and 2")
        card = await thread.with_button("Approve & run")
        assert "unsealed, on the target embedded" in flat(card)
        assert "in a sealed Ray cluster" not in flat(card)
        elsewhere = await chosen(play, thread, card, "spare")
        card = await chosen(play, thread, elsewhere, "embedded")
        pressed = await thread.click(card, "Approve & run")
        assert pressed["ok"], pressed
        assert "Result: 3" in (await thread.ended())["text"]
        validations = [job for job in await play.jobs() if "validation" in job["submission_id"]]
        assert [job["status"] for job in validations] == ["SUCCEEDED"]
