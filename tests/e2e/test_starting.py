"""The playground can be used from the first moment, while the bot and its cluster are still starting."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.playground import flat, starting

#: Nothing answers here, so this target is never ready.
NOWHERE = "http://127.0.0.1:9"


async def test_the_page_says_what_is_starting_and_takes_requests_meanwhile(tmp_path: Path):
    async with starting(tmp_path, RAY_ADDRESS=NOWHERE, RAYGEN_POOL_SIZE="0") as play:
        assert "<title>" in await play.page()
        state = await play.get("state")
        assert not state["ready"]
        assert not state["connection"]["connected"]
        assert {part.split()[0] for part in state["missing"]} >= {"bot", "target", "validation", "slack"}
        asked = await play.say("<@URAYGEN> what is 15% of 2847?", channel="CRAY")
        thread = await play.command("what is 15% of 4000?")
        assert "600" in flat(await thread.with_text("600"))
        assert "427.05" in flat(await play.thread("CRAY", asked).with_text("427.05"))
