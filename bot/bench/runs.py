"""How long an approved program takes to its first output and to its result, beside `ray job submit` on the same cluster.

And how long it takes until a run that is to be stopped is known to be over.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path

from bot.bench.figures import SECONDS, Figure, Ratio, Report
from bot.bench.machine import describe
from bot.bench.ordinary import ordinary_cluster
from bot.bench.programs import add_numbers
from bot.bench.submitted import by_command, by_target, stopped
from services.execution.api import RayApi
from services.execution.jobs import JobsTarget

Say = Callable[[str], None]


async def run(rounds: int, say: Say) -> Report:
    """Measure, the two sides in turns. Raises BenchFailed when one does not work."""
    samples: dict[str, list[float]] = defaultdict(list)
    say("starting an ordinary cluster")
    async with ordinary_cluster() as cluster:
        with tempfile.TemporaryDirectory(prefix="raygen-bench-") as folder:
            api = RayApi(cluster.jobs, token=cluster.token)
            async with aclosing(JobsTarget(api, python=sys.executable)) as target:
                # The first round of each side pays for what none after it does; a single one is for the curious.
                for number in range(0 if rounds > 1 else 1, rounds + 1):
                    ours = await by_target(target, add_numbers(2 * number, stamped=True), f"run-{number}")
                    theirs = await by_command(
                        cluster, add_numbers(2 * number + 1), Path(folder) / str(number)
                    )
                    stop = await stopped(target, f"stop-{number}")
                    if number:
                        _note(samples, "", {**asdict(ours), "stop": stop})
                        _note(samples, "job_", asdict(theirs))
                    say(f"{number} of {rounds} rounds")
    return report(samples)


def report(samples: dict[str, list[float]]) -> Report:
    figures = {name: Figure.of(taken, SECONDS) for name, taken in samples.items()}
    how = "medians: “add 1 and 2” on the same cluster in turns, by raygen's target and by the command `ray job submit`, each with a working directory"
    ratios = {
        "job_over_first_output": Ratio.between(
            figures["job_first_output"], figures["first_output"], f"{how}, until its first line was read"
        ),
        "job_over_result": Ratio.between(
            figures["job_result"],
            figures["result"],
            f"{how}, until raygen had the outcome and the command had ended",
        ),
    }
    return Report("runs", describe(), figures, ratios)


def _note(samples: dict[str, list[float]], prefix: str, taken: dict[str, float]) -> None:
    for name, seconds in taken.items():
        samples[prefix + name].append(seconds)
