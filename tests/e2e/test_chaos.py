"""Runs on a real Ray cluster, over both databases, while the bot is killed at random moments: each ends once, and right.

The table of what came of them is printed at the end.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path

import pytest

from tests import postgres as server
from tests.e2e.chaos import Chaos, Tally, begun, chaos
from tests.e2e.playground import Json, Playground

# For each database; RAYGEN_CHAOS_RUNS=40 takes two minutes more.
RUNS = int(os.environ.get("RAYGEN_CHAOS_RUNS") or 6)
LIMIT = 240.0
SEED = int(os.environ.get("RAYGEN_CHAOS_SEED") or time.time_ns() % 100_000)

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def rows(request: pytest.FixtureRequest) -> Generator[list[str]]:
    """The lines of the table."""
    rows: list[str] = []
    yield rows
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("\n".join(["", _row("store", *_HEAD), *rows, f"seed {SEED}"]))  # noqa: T201  # the point of it


_HEAD = ("runs", "results", "duplicates", "lost", "stuck", "kills", "seconds")


def _row(name: str, *cells: object) -> str:
    return f"{name:<26}" + "".join(f"{cell:>12}" for cell in cells)


async def test_a_bot_on_sqlite_that_is_killed_again_and_again(
    play: Playground, tmp_path: Path, rows: list[str]
):
    """It shares the playground's state directory, and so adopts the embedded cluster that runs there."""
    home = {"RAYGEN_STATE_DIR": str(play.state_dir / "playground"), "RAYGEN_TARGET_CPUS": "2"}
    database = f"sqlite:///{tmp_path / 'raygen.db'}"
    async with chaos(tmp_path, database, random.Random(SEED), {"one": home}) as world:
        await _carry_out(world, play, "embedded", absence=(0, 0.3), reported=rows, name="SQLite, one bot")


@server.needed
async def test_two_replicas_on_postgresql_that_are_killed_in_turn(
    play: Playground, postgres: str, tmp_path: Path, rows: list[str]
):
    """They reach the same cluster as a remote one, and runs wait for their turn; one is away while the other takes over."""
    cluster = _cluster(play)
    replicas = {
        name: {
            "RAYGEN_EXECUTOR": name,
            "RAYGEN_STATE_DIR": str(tmp_path / name),
            "RAYGEN_TAKEOVER_AFTER": "1",
            "RAYGEN_RUNS_PER_TARGET": "8",
            "RAY_ADDRESS": str(cluster["address"]),
            "RAY_AUTH_TOKEN": str(cluster["token"]),
        }
        for name in ("a", "b")
    }
    async with chaos(tmp_path, postgres, random.Random(SEED), replicas) as world:
        await _carry_out(
            world, play, "cluster", absence=(0, 3), reported=rows, name="PostgreSQL, two replicas"
        )


async def _carry_out(
    world: Chaos,
    play: Playground,
    target: str,
    *,
    absence: tuple[float, float],
    reported: list[str],
    name: str,
) -> None:
    began = time.monotonic()
    await world.propose(RUNS, target, target)
    await world.survive(absence, LIMIT)
    jobs = [str(entry["submission_id"]) for entry in await play.jobs()]
    tally, wrong = await world.count(_marks(play), jobs)
    figures = (tally.runs, tally.results, tally.duplicates, tally.lost, tally.stuck, world.bots.kills)
    reported.append(_row(name, *figures, f"{time.monotonic() - began:.0f}"))
    assert tally == Tally(RUNS, RUNS), "\n".join([f"seed {SEED}", *wrong, world.bots.logs()])
    assert world.bots.kills, "nothing was killed"


def _cluster(play: Playground) -> Json:
    return json.loads((_target(play) / "state.json").read_text())


def _marks(play: Playground) -> Callable[[str], int]:
    return partial(begun, _target(play) / _cluster(play)["id"])


def _target(play: Playground) -> Path:
    return play.state_dir / "playground" / "target"
