"""A resumed program finds its checkpoints in the seal, in each attempt as they were, and may change its copy."""

from __future__ import annotations

from services.domain.checkpoints import CheckpointFile
from services.domain.values import InputFile, Verdict
from services.validation.pool import PoolSettings, open_validator

FILES = (
    CheckpointFile("step-9/state", b"\x00\xff", 1_700_000_009_500),
    CheckpointFile("step-10/state", b"ten", 1_700_000_010_000),
)
PROGRAM = """
import os, ray
from pathlib import Path
newest = max(Path("outputs/checkpoints").glob("*/state"), key=os.path.getmtime)
print(newest, newest.read_bytes(), len(list(Path("outputs/checkpoints").rglob("*"))), open("rows.csv").read())

@ray.remote
def seen_by_a_worker():
    return Path("outputs/checkpoints/step-9/state").read_bytes(), os.path.getmtime("outputs/checkpoints/step-9/state")

print(ray.get(seen_by_a_worker.remote()))
newest.write_text("changed")
Path("outputs/checkpoints/step-11").mkdir()
from ray.train import RunConfig
print(RunConfig().storage_path == os.path.abspath("outputs/checkpoints"))
"""


async def test_each_attempt_finds_them_as_they_were_left():
    async with (
        open_validator(PoolSettings(size=0)) as validator,
        validator.lease(inputs=[InputFile("rows.csv", b"1,2")], checkpoints=FILES) as lease,
    ):
        for _ in range(2):
            outcome = await lease.validate(PROGRAM)
            assert outcome.verdict is Verdict.PASSED, outcome
            assert outcome.stdout == (
                "outputs/checkpoints/step-10/state b'ten' 4 1,2\n(b'\\x00\\xff', 1700000009.5)\nTrue\n"
            )
            assert outcome.touched.files == ()
            assert outcome.artifacts == ()
