"""How long a program with packages takes: the first with them, the second, and beside these one that needs none."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from bot import settings
from bot.bench.figures import BYTES, COUNT, SECONDS, Figure, Ratio, Report
from bot.bench.machine import describe
from bot.bench.made_package import NAME, serving_package
from bot.bench.pooled import until, until_full
from bot.bench.programs import BenchFailed, add_numbers
from bot.wiring import environments
from services.environments.terms import Terms
from services.environments.uv_environments import UvEnvironments
from services.policy import check
from services.validation.examine import Examined, examine
from services.validation.interface import ValidationLease
from services.validation.packages import Packages
from services.validation.pool import PoolSettings, SealedPool
from services.validation.seal import Mounts

_HEADER = "# /// script\n# dependencies = [{!r}]\n# ///\nimport importlib.metadata\nimportlib.metadata.version({!r})\n"
_TEXT = "medians of the same rounds, from code in to verdict out, policy included"

Say = Callable[[str], None]


@dataclass(slots=True)
class Course:
    """One benchmark while it runs, with its samples by the names of the figures."""

    pool: SealedPool
    terms: Terms
    package: str
    folder: Path
    samples: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _numbers: count[int] = field(default_factory=lambda: count(1))

    async def round(self, number: int) -> None:
        """An environment from nothing, the next program in it, and one without packages."""
        made = UvEnvironments(self.terms, self.folder / str(number))
        made.open()
        packages = Packages(environments=made)
        await until_full(self.pool)
        await self._measure("first_use", packages, self.package)
        await self._rested(made)
        examined = await self._measure("second_use", packages, self.package)
        await self._rested(made)
        await self._measure("without", packages, "")
        self.samples["size"].append(examined.lock.size)
        self.samples["packages"].append(len(examined.lock.packages))

    async def _measure(self, name: str, packages: Packages, package: str) -> Examined:
        program = add_numbers(next(self._numbers))
        code = _HEADER.format(package, package) + program.code if package else program.code
        began = time.perf_counter()
        async with self.pool.lease() as lease:

            async def leased() -> ValidationLease:
                return lease

            examined = await examine(code, check, leased, (), packages=packages)
            self.samples[name].append(time.perf_counter() - began)
        outcome = examined.outcome
        if not outcome.passed:
            raise BenchFailed(
                f"A validation ended as {outcome.verdict}: {outcome.detail or outcome.stderr[-300:]}"
            )
        if bool(package) != bool(examined.lock):
            raise BenchFailed(f"{package} is installed with raygen already: choose another package.")
        program.inside(outcome.stdout)
        return examined

    async def _rested(self, made: UvEnvironments) -> None:
        """Both kinds of cluster are ready, so that nothing is being started while the next is measured."""
        await until_full(self.pool)
        (ready,) = (path for path in made.directory.iterdir() if path.is_dir())
        await until(lambda: self.pool.warm(Mounts(ready / "lib")), self.pool)


async def run(rounds: int, package: str, say: Say) -> Report:
    """Measure with a package from the configured index, or with one made for it.

    Raises SealUnavailable where nothing can be sealed, BenchFailed when a program does not pass.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="raygen-bench-")))
        if package:
            terms = environments.terms(settings.load())
        else:
            terms = Terms(indexes=(stack.enter_context(serving_package(folder / "index")),))
        async with SealedPool(PoolSettings()) as pool:
            course = Course(pool, terms, package or NAME, folder)
            for number in range(1, rounds + 1):
                await course.round(number)
                say(f"{number} of {rounds} rounds")
    return report(course.samples)


_UNITS = {"size": BYTES, "packages": COUNT}


def report(samples: dict[str, list[float]]) -> Report:
    figures = {name: Figure.of(taken, _UNITS.get(name, SECONDS)) for name, taken in samples.items()}
    second = figures["second_use"]
    ratios = {
        "second_over_first": Ratio.between(
            second,
            figures["first_use"],
            f"{_TEXT}; the first resolves, downloads, installs and starts a cluster, the second finds all of it",
        ),
        "with_packages_over_without": Ratio.between(
            second, figures["without"], f"{_TEXT}; both find a cluster that is ready"
        ),
    }
    return Report("environments", describe(), figures, ratios)
