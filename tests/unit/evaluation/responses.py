"""Responses to judge, from a few words."""

from __future__ import annotations

from typing import Any

from bot.evaluation.response import Response
from services.domain.values import Outcome, Program, TaskCount, Verdict
from services.supervisor.agent import Conclusion
from services.supervisor.workshop import BuildResult

TASKS = """
import ray

@ray.remote
def square(n):
    return n * n

def twice(n):
    return n

ray.init()
print(sum(ray.get([square.remote(n) for n in range(5)])))
"""
ACTOR = """
import ray as r

@r.remote(num_cpus=0.5)
class Counter:
    def add(self, n):
        return n

counter = Counter.remote()
held = r.put([1])
print(r.get(counter.add.remote(1)))
"""


def words(text: str) -> Response:
    """No program, only words."""
    return Response(Conclusion(text))


def ran(code: str = TASKS, *seen: tuple[str, int], verdict: Verdict = Verdict.PASSED, **of: Any) -> Response:
    """A program that came out like this, with so many tasks of each name seen by Ray."""
    counts = tuple(TaskCount(name, "FINISHED", count) for name, count in seen)
    outcome = Outcome(verdict=verdict, tasks=counts, **of)
    return Response(Conclusion("Here it is.", BuildResult(Program("T", "P.", code), outcome)))


def printed(text: str, value: str | None = None) -> Response:
    return ran(stdout=text, value=value)
