"""How long a validation on a sample takes beside one without data, and sampling beside a plain scan of the same folder."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from bot.bench import sampling
from bot.bench.environments import Say
from bot.bench.figures import BYTES, BYTES_PER_SECOND, SECONDS, Figure, Ratio, Report
from bot.bench.machine import describe
from bot.bench.pooled import until, until_full
from bot.bench.programs import BenchFailed, add_numbers
from services.artifacts.folder import FolderStore
from services.data.samples import StoredSamples
from services.data.unpacked import UnpackedSamples
from services.domain.connections import Connection
from services.domain.program_header import script
from services.policy import check
from services.validation.data import Data
from services.validation.examine import examine
from services.validation.interface import ValidationLease
from services.validation.pool import PoolSettings, SealedPool
from services.validation.seal import Mounts
from services.validation.supplies import Supplies

_ROWS = 1000
_HEADER = '# /// script\n# [tool.raygen.data]\n# sales = "read"\n# ///\n'
_READ = "import os\nimport pyarrow.parquet as _pq\n"
_MAKE = f"import pyarrow as _pa\n_pq.write_table(_pa.table({{'id': range({_ROWS}), 'amount': [0.5] * {_ROWS}}}), 'sales.parquet')\n"
_COUNT = f"assert _pq.read_table({{}}).num_rows == {_ROWS}\n"
_BEFORE = {
    "with_data": _HEADER + _READ + _COUNT.format("os.environ['SALES_URL']"),
    "without": _READ + _MAKE + _COUNT.format("'sales.parquet'"),
    "bare": "",
}
"""What the programs do before they add numbers, by the names of the figures."""
_TEXT = "medians of the same rounds, from code in to verdict out, policy included; both find a cluster that is ready"


@dataclass(slots=True)
class Course:
    """One benchmark while it runs, with its samples by the names of the figures."""

    pool: SealedPool
    supplies: Supplies
    folder: Path
    samples: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _numbers: count[int] = field(default_factory=lambda: count(1))

    async def sample(self, size: int) -> None:
        """One pass of each kind over the folder of `size` bytes."""
        rows: set[int] = set()
        for name, read in (("sampling", sampling.sampled), ("scan", sampling.scanned)):
            found = await read(self.folder)
            rows.add(found.rows)
            self.samples[name].append(found.seconds)
            self.samples[f"{name}_throughput"].append(size / found.seconds)
            self.samples[f"{name}_memory"].append(found.memory)
        if len(rows) > 1:
            raise BenchFailed("The sample and the scan found different numbers of rows.")

    async def begun(self) -> Mounts:
        """Take the sample, and have a first cluster with it; what later ones are known by."""
        _, provided = await self.supplies.provided(script(_HEADER), ())
        await self._validated("with_data")
        return Mounts(provided=provided)

    async def validate(self, mounts: Mounts) -> None:
        """One validation of each kind, while both kinds of cluster are ready and none is being started."""
        for name in _BEFORE:
            await until_full(self.pool)
            await until(lambda: self.pool.warm(mounts), self.pool)
            self.samples[name].append(await self._validated(name))

    async def _validated(self, name: str) -> float:
        program = add_numbers(next(self._numbers))
        code = _BEFORE[name] + program.code
        began = time.perf_counter()
        async with self.pool.lease() as lease:

            async def leased() -> ValidationLease:
                return lease

            examined = await examine(code, check, leased, (), supplies=self.supplies)
            took = time.perf_counter() - began
        outcome = examined.outcome
        if not outcome.passed:
            raise BenchFailed(
                f"A validation ended as {outcome.verdict}: {outcome.detail or outcome.stderr[-300:]}"
            )
        program.inside(outcome.stdout)
        return took


async def run(rounds: int, size: int, say: Say) -> Report:
    """Measure with a made Parquet folder of about `size` megabytes.

    Raises SealUnavailable where nothing can be sealed, BenchFailed when a program does not pass.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="raygen-bench-")))
        sales = folder / "sales"
        written = sampling.made(sales, size)
        say(f"{written / 1e6:.0f} MB of Parquet made")
        samples = StoredSamples(
            connections={"sales": Connection(name="sales", kind="parquet", url=str(sales))},
            store=FolderStore(folder / "store"),
            key=b"a key of the benchmark",
        )
        supplies = Supplies(data=Data(samples, UnpackedSamples(folder / "samples")))
        course = Course(await stack.enter_async_context(SealedPool(PoolSettings())), supplies, sales)
        mounts = await course.begun()
        for number in range(1, rounds + 1):
            await course.validate(mounts)
            say(f"{number} of {rounds} rounds of validations")
        await until_full(course.pool)
        await until(lambda: course.pool.warm(mounts), course.pool)
        for number in range(1, rounds + 1):
            await course.sample(written)
            say(f"{number} of {rounds} rounds of samples")
    return report(course.samples)


_UNITS = {
    "sampling_memory": BYTES,
    "scan_memory": BYTES,
    "sampling_throughput": BYTES_PER_SECOND,
    "scan_throughput": BYTES_PER_SECOND,
}


def report(samples: dict[str, list[float]]) -> Report:
    figures = {name: Figure.of(taken, _UNITS.get(name, SECONDS)) for name, taken in samples.items()}
    same = "medians of the same rounds over the same folder, from the start of a process to its end"
    ratios = {
        "with_data_over_without": Ratio.between(
            figures["with_data"],
            figures["without"],
            f"{_TEXT}; one reads the sample, the other as many rows that it writes itself",
        ),
        "with_data_over_bare": Ratio.between(
            figures["with_data"],
            figures["bare"],
            f"{_TEXT}; the other neither reads rows nor imports pyarrow",
        ),
        "sampling_over_scan": Ratio.between(
            figures["sampling_throughput"],
            figures["scan_throughput"],
            f"bytes of the folder per second, {same}; the scan reads all rows with pyarrow, the sample some of each file",
        ),
        "sampling_memory_over_scan": Ratio.between(
            figures["sampling_memory"], figures["scan_memory"], f"the most memory in use, {same}"
        ),
    }
    return Report("data", describe(), figures, ratios)
