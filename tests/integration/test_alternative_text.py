"""Pictures in a thread have words for those who do not see them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from services.domain.values import Artifact
from services.execution.interface import Finished
from tests import builders
from tests.integration.test_approval_clicks import World, opened


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with opened(tmp_path) as here:
        yield here


async def test_every_picture_of_a_run_has_an_alternative_text(world: World):
    pictures = (
        Artifact("pi.png", "image/png", b"\x89PNG"),
        Artifact("plot.svg", "image/svg+xml", b"<svg/>"),
        Artifact("rows.csv", "text/csv", b"a,b\n"),
    )
    world.target.events = [Finished(builders.passed(artifacts=pictures))]
    _, card = await world.card()
    await world.press("CRAY", card, "UAPPROVER")
    messages = world.slack.state.messages.all_in("CRAY")
    files = [world.slack.state.files.show(name) for each in messages for name in each.get("files", [])]
    reported = {file["name"]: file.get("alt_txt") for file in files}
    assert reported["pi.png"] == "pi.png, created by the program"
    assert reported["plot.svg"] == "plot.svg, created by the program"
    assert "rows.csv" in reported
