"""Programs that end in every way there is, in turn, each with the verdict that it must get."""

from __future__ import annotations

from dataclasses import dataclass

from services.domain.values import Verdict

MIB = 1024**2
MEMORY = 1024 * MIB

_ACTORS = """
import ray

@ray.remote
class Counter:
    def __init__(self):
        self.total = 0

    def add(self, number):
        self.total += number
        return self.total

counters = [Counter.remote() for _ in range(3)]
ray.get([counter.add.remote(number) for counter in counters for number in range(5)])
print(ray.get([counter.add.remote(0) for counter in counters]))
"""
_TASKS = """
import ray

@ray.remote
def square(number):
    return number * number

print(sum(ray.get([square.remote(number) for number in range(50)])))
"""
_FAILING = """
import ray

@ray.remote
def divide(number):
    return 1 / number

print(ray.get(divide.remote(0)))
"""
_FILES = """
import pathlib, tempfile, threading

threading.Thread(target=print, args=("from a thread",)).start()
for number in range(20):
    pathlib.Path(tempfile.mkdtemp(), "left").write_text("behind" * number)
pathlib.Path("outputs/table.csv").write_text("a,b\\n1,2\\n")
"""
_FLOOD = """
while True:
    print("flood" * 1000)
"""
_BOMB = """
held = []
while True:
    held.append(b"x" * 64 * 1024**2)
"""
_KILLED = """
import os, signal

os.kill(os.getpid(), signal.SIGKILL)
"""


@dataclass(frozen=True, slots=True)
class Case:
    code: str
    verdict: Verdict


MIXTURE = (
    Case(_TASKS, Verdict.PASSED),
    Case(_FAILING, Verdict.FAILED),
    Case(_ACTORS, Verdict.PASSED),
    Case(_KILLED, Verdict.KILLED),
    Case(_FILES, Verdict.PASSED),
    Case(_BOMB, Verdict.OUT_OF_MEMORY),
    Case("import absent_module", Verdict.NOT_IMPORTABLE),
    Case(_FLOOD, Verdict.OUTPUT_LIMIT),
)
