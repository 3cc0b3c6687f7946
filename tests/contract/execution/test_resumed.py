"""A real run is stopped on a cluster, and another one goes on from its checkpoints; Ray Train and Tune keep theirs there, too."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from services.domain.checkpoints import CheckpointFile, LeftFiles
from services.domain.values import Verdict
from services.execution.embedded import EmbeddedTarget
from services.execution.interface import Finished, Job, Output
from tests.contract.execution.conftest import Told, told
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="session")

COUNTS = """
import os, sys, time
from pathlib import Path
import ray

folder = Path("outputs/checkpoints")
folder.mkdir(parents=True, exist_ok=True)

@ray.remote
def work(step):
    return step * step

done = sorted(folder.glob("step-*"), key=os.path.getmtime)
start, total = (int(part) for part in done[-1].read_text().split()) if done else (0, 0)
print("starts at", start, flush=True)
for step in range(start, 12):
    total += ray.get(work.remote(step))
    draft = folder / "draft"
    draft.write_text(f"{step + 1} {total}")
    draft.rename(folder / f"step-{step}")
    print("after step", step, flush=True)
    if step == 9 and not start:
        time.sleep(600)
print("total", total)
"""
TRAINS = """
import os, sys, tempfile
import ray
from pathlib import Path
from ray import train, tune
from ray.train import Checkpoint, RunConfig, ScalingConfig
from ray.train.v2.api.data_parallel_trainer import DataParallelTrainer

def loop():
    kept = train.get_checkpoint()
    start = 0
    if kept:
        with kept.as_directory() as folder:
            start = int(Path(folder, "epoch").read_text())
    for epoch in range(start, 3):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "epoch").write_text(str(epoch + 1))
            train.report({"epoch": epoch, "start": start}, checkpoint=Checkpoint.from_directory(folder))
        if epoch == 1 and not start:
            raise RuntimeError("the machine is gone")

def trial(config):
    tune.report({"loss": config["x"] ** 2})

config = RunConfig(name="mine")
print(os.path.relpath(config.storage_path))
print(os.path.relpath(tune.RunConfig().storage_path))
if os.path.isdir("outputs/checkpoints/mine"):
    print("tuned:", len(list(Path("outputs/checkpoints").glob("tuned/*/result.json"))))
else:
    grid = {"x": tune.grid_search([1])}
    tune.Tuner(trial, param_space=grid, run_config=tune.RunConfig(name="tuned")).fit()
trainer = DataParallelTrainer(loop, scaling_config=ScalingConfig(num_workers=1), run_config=config)
print("started at", trainer.fit().metrics["start"])
"""


LARGE = """
import os
from pathlib import Path

folder = Path("outputs/checkpoints")
folder.mkdir(parents=True)
(folder / "state").write_bytes(os.urandom(39 * 1024**2))
os._exit(9)
"""


async def stopped_after(target: EmbeddedTarget, job: Job, words: str) -> tuple[Told, LeftFiles]:
    """What a run told that is stopped once it has printed `words`, and what it left."""
    await target.submit(job)
    text, events = "", list[object]()
    async with asyncio.timeout(PATIENCE):
        async for event in target.follow(job.submission_id):
            events.append(event)
            if isinstance(event, Output):
                text += event.text
                if words in text:
                    text = ""
                    asyncio.get_running_loop().create_task(target.stop(job.submission_id))
    last = events[-1]
    assert isinstance(last, Finished)
    return Told([event for event in events if isinstance(event, Output | Finished)]), last.left


async def test_a_stopped_run_goes_on_from_its_checkpoint(embedded: EmbeddedTarget) -> None:
    first = Job("run-resumed-1", COUNTS, wall_limit=PATIENCE)
    seen, left = await stopped_after(embedded, first, "after step 9")
    assert seen.outcome.verdict is Verdict.STOPPED
    assert {file.name for file in left.files} == {f"step-{step}" for step in range(10)}
    second = replace(first, submission_id="run-resumed-2", checkpoints=left.files)
    await embedded.submit(second)
    again = await told(embedded, second.submission_id)
    assert (
        again.text == f"starts at 10\nafter step 10\nafter step 11\ntotal {sum(n * n for n in range(12))}\n"
    )
    assert again.outcome.artifacts == (), "checkpoints are no results"


async def test_large_ones_outlive_the_worker_that_ran_the_driver(embedded: EmbeddedTarget) -> None:
    """Collecting them takes longer than Ray takes to end that worker."""
    jobs = [Job(f"run-large-{number}", LARGE, wall_limit=PATIENCE) for number in range(2)]
    for job in jobs:
        await embedded.submit(job)
        last = (await told(embedded, job.submission_id)).events[-1]
        assert isinstance(last, Finished)
        assert last.outcome.verdict is Verdict.FAILED
        assert [(file.name, len(file.content)) for file in last.left.files] == [("state", 39 * 1024**2)]


async def test_train_and_tune_keep_theirs_there_and_train_goes_on_by_itself(embedded: EmbeddedTarget) -> None:
    first = Job("run-trained-1", TRAINS, wall_limit=PATIENCE)
    await embedded.submit(first)
    seen = await told(embedded, first.submission_id)
    assert seen.outcome.verdict is Verdict.FAILED, seen.text
    assert seen.text.startswith("outputs/checkpoints\noutputs/checkpoints\n")
    last = seen.events[-1]
    assert isinstance(last, Finished)
    files: tuple[CheckpointFile, ...] = last.left.files
    assert any(file.name.startswith("mine/") and file.content == b"2" for file in files)
    second = replace(first, submission_id="run-trained-2", checkpoints=files)
    await embedded.submit(second)
    again = await told(embedded, second.submission_id)
    assert "\ntuned: 1\n" in again.text
    assert again.text.endswith("started at 2\n"), again.text
