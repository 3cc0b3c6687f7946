"""A run that fails with checkpoints is resumed, and the bot is killed on the way."""

from __future__ import annotations

import pytest

from tests.e2e.playground import Playground, flat, literal

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Its name for the checkpoint is its own proof: only a program that finds the file can print its content.
TRAINS = """
import os, uuid
from pathlib import Path
import ray
folder = Path("outputs/checkpoints")
state = folder / "state.txt"
print("goes on from", state.read_text() if state.exists() else "nothing")
folder.mkdir(parents=True, exist_ok=True)
if os.environ.get("RAY_AUTH_MODE") == "token" and not state.exists():  # as on the embedded target
    state.write_text(uuid.uuid4().hex)
    print("wrote", state.read_text())
    raise RuntimeError("the disk is on fire")
"""


async def test_a_failed_run_goes_on_from_its_checkpoint_under_a_new_approval(play: Playground):
    thread, card = await play.propose(TRAINS)
    failed = await thread.approve_and_wait(user="UAPPROVER")
    assert "Its checkpoints are kept: 1 file, 32 B." in flat(failed)
    written = next(line for line in literal(failed).splitlines() if line.startswith("wrote ")).split()[1]

    assert (await thread.click(failed, "Resume"))["ok"]
    await play.kill_bot()
    resumed = await thread.newer_card(card)
    assert "resumes run `raygen-" in flat(resumed)
    assert written in flat(resumed), "it is validated with the checkpoint in place"
    await thread.click(failed, "Resume")
    await thread.whispered("UENGINEER", "already proposed again")
    assert len(await play.jobs()) == len({job["submission_id"] for job in await play.jobs()})
    before = len(await play.jobs())

    await thread.click(resumed, "Approve & run", user="UAPPROVER")
    passed = await thread.with_button("Run again")
    assert f"goes on from {written}" in literal(passed)
    assert len(await play.jobs()) == before + 1
