"""Twenty typical snippets: in the sandbox, as a fresh `python -c` each, and in the seal alone, in turns."""

from __future__ import annotations

import asyncio
import sys
import time

from bot.bench.figures import COUNT, SECONDS, Figure, Ratio, Report
from bot.bench.machine import describe
from services.domain.errors import RaygenError
from services.snippets.interface import SnippetRunner
from services.snippets.runner import open_snippets
from services.snippets.sealed import SealedRunner

_ROUNDS = 5
TYPICAL = (
    "25 * 47",
    "round(2847 * 0.15, 2)",
    "n, found = 2, []\nwhile len(found) < 10:\n    if all(n % p for p in found):\n        found.append(n)\n    n += 1\nsum(found)",
    "a, b = 0, 1\nwhile a <= 100:\n    print(a)\n    a, b = b, a + b",
    "import math\nmath.sqrt(2) * math.pi",
    "sum(range(1, 101))",
    "sorted('the quick brown fox'.split(), key=len)",
    "words = 'a b a c b a'.split()\n{word: words.count(word) for word in set(words)}['a']",
    "[x ** 2 for x in range(10) if x % 2]",
    "from datetime import date\n(date(2026, 12, 24) - date(2026, 11, 21)).days",
    "import json\njson.loads('{\"a\": [1, 2, 3]}')['a'][-1]",
    "import re\nre.findall(r'\\d+', 'a1b22c333')",
    "def gcd(a, b):\n    return a if b == 0 else gcd(b, a % b)\ngcd(1071, 462)",
    "f'{1234567.891:,.2f}'",
    "1000 * (1 + 0.05) ** 10",
    "max([3, 1, 2]), min([3, 1, 2])",
    "''.join(reversed('raygen'))",
    "n = 27\nsteps = 0\nwhile n != 1:\n    n = n // 2 if n % 2 == 0 else 3 * n + 1\n    steps += 1\nsteps",
    "import statistics\nstatistics.stdev([2, 4, 4, 4, 5, 5, 7, 9])",
    "class Account:\n    def __init__(self): self.sum = 0\n    def add(self, x): self.sum += x\na = Account()\na.add(5)\na.sum",
)


class BenchFailed(RaygenError):
    """A side of the benchmark does not work, so there is nothing to compare."""


async def run() -> Report:
    """Measure, all snippets on one side and then on the next, again and again. Raises BenchFailed, and SealUnavailable without a seal."""
    taken: dict[str, list[float]] = {"snippet": [], "sealed": [], "python": []}
    sealed = SealedRunner()
    async with open_snippets() as runner:
        await _seconds(runner, "1 + 1")
        for _ in range(_ROUNDS):
            taken["snippet"] += [await _seconds(runner, code) for code in TYPICAL]
            taken["python"] += [await _python(code) for code in TYPICAL]
            taken["sealed"] += [await _seconds(sealed, code) for code in TYPICAL]
        share = runner.fell / (_ROUNDS * len(TYPICAL))
    figures = {name: Figure.of(samples, SECONDS) for name, samples in taken.items()}
    how = "medians over the same snippets: in the sandbox, and each by a fresh `python -c`"
    ratios = {"python_over_snippet": Ratio.between(figures["python"], figures["snippet"], how)}
    figures["fell_through"] = Figure.of([share], COUNT)
    return Report("snippets", describe(), figures, ratios)


async def _seconds(runner: SnippetRunner, code: str) -> float:
    began = time.perf_counter()
    snippet = await runner.run(code)
    if not snippet.success:
        raise BenchFailed(f"A snippet failed: {snippet.error}")
    return time.perf_counter() - began


async def _python(code: str) -> float:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    if await process.wait():
        raise BenchFailed("A snippet failed in plain Python.")
    return time.perf_counter() - began
