# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false
# pandas is typed in part.
"""A made Parquet folder, and what it takes to sample it and to read all of it: each in a process of its own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.bench.programs import BenchFailed

FILES = ("de", "fr", "us", "jp", "br")
"""Its partitions, each with two files."""
_MB = 1_000_000
_COLUMNS = 16
_ROW = 8 * _COLUMNS + 13
_LIMIT = 300.0
_ROOT = Path(__file__).parents[2]

# Both are children of a small process, so that the greatest memory of its children is theirs.
_BEFORE = """
import asyncio, json, resource, subprocess, sys, tempfile, time
from pathlib import Path
from services.data.credentials import Value
from services.data.process import APART
from services.domain.connections import Connection
folder = sys.argv[1]
wanted = Value(Connection(name="sales", kind="parquet", url=folder))
began = time.perf_counter()
"""
_AFTER = """
seconds = time.perf_counter() - began
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "memory": memory, "rows": rows}))
"""
_SAMPLE = """
with tempfile.TemporaryDirectory() as draft:
    rows = asyncio.run(APART.sampled(wanted, b"a key of the benchmark", Path(draft))).profile.total_rows
"""
_SCAN = """
scan = '''
import sys
import pyarrow.dataset as ds
found = ds.dataset(sys.argv[1], format="parquet", partitioning="hive")
print(sum(batch.num_rows for batch in found.to_batches()))
'''
rows = int(subprocess.run([sys.executable, "-c", scan, folder], capture_output=True, check=True).stdout)
"""


@dataclass(frozen=True, slots=True)
class Read:
    """What one pass over the folder took, from the start of its process to its end."""

    seconds: float
    memory: float
    """The most that its process had in memory, in bytes."""
    rows: int
    """Rows of the folder, as it found them."""


def made(folder: Path, size: int) -> int:
    """Write a partitioned folder of about `size` megabytes; its size in bytes."""
    import numpy as np  # noqa: PLC0415  # these are needed by this benchmark alone
    import pandas as pd  # noqa: PLC0415

    random = np.random.default_rng(0)
    rows = max(1000, size * _MB // (_ROW * 2 * len(FILES)))
    for country in FILES:
        (place := folder / f"country={country}").mkdir(parents=True)
        for number in range(2):
            columns = {f"f{column}": random.random(rows) for column in range(_COLUMNS)}
            emails = [f"u{row}@acme.com" for row in range(rows)]
            table = pd.DataFrame({**columns, "id": np.arange(rows), "email": emails})
            table.to_parquet(place / f"{number}.parquet", index=False)
    return sum(path.stat().st_size for path in folder.rglob("*.parquet"))


async def sampled(folder: Path) -> Read:
    """One sample, masked, as `raygen data sample` takes it."""
    return await asyncio.to_thread(_measured, _SAMPLE, folder)


async def scanned(folder: Path) -> Read:
    """All batches of pyarrow's own reader, one after the other."""
    return await asyncio.to_thread(_measured, _SCAN, folder)


def _measured(what: str, folder: Path) -> Read:
    command = [sys.executable, "-c", _BEFORE + what + _AFTER, str(folder)]
    ended = subprocess.run(  # noqa: S603  # our own Python, and a folder that was made here
        command, capture_output=True, text=True, check=False, timeout=_LIMIT, cwd=_ROOT
    )
    if ended.returncode:
        raise BenchFailed(f"Reading the made folder failed: {ended.stderr[-300:]}")
    return Read(**json.loads(ended.stdout))
