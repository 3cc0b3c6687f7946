"""Where an operator chose to validate without a seal, every proposal says so."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.playground import flat, running


async def test_an_unsealed_validation_shows_on_the_proposal(tmp_path: Path):
    async with running(tmp_path, RAYGEN_VALIDATION="unsealed") as play:
        thread = await play.command("add 1 and 2")
        card = await thread.with_button("Approve & run")
        assert "unsealed, on the target embedded" in flat(card)
        assert "in a sealed Ray cluster" not in flat(card)
        await thread.click(card, "Approve & run")
        assert "Result: 3" in (await thread.ended())["text"]
        validations = [job for job in await play.jobs() if "validation" in job["submission_id"]]
        assert [job["status"] for job in validations] == ["SUCCEEDED"]
