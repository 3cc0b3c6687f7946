"""Programs with files beside them: the seal and a real cluster give the same answers, in the driver and in every worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from services.domain.modules import companions
from services.domain.values import InputFile, Outcome
from services.execution.embedded import EmbeddedTarget
from services.execution.interface import Finished, Job
from services.execution.outgoing import default
from services.validation.interface import ValidationLimits, Validator
from services.validation.pool import PoolSettings, open_validator
from services.validation.sandbox import ClusterSettings
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

HELPERS = b'''
"""Helps."""
import ray

def clean(x):
    return x * 2

def fails():
    raise ValueError("on purpose")

@ray.remote
class Counter:
    def __init__(self):
        self.count = 0
    def add(self, x):
        self.count += clean(x)
        return self.count
'''
FILES = (
    InputFile("data.csv", b"a,b\n1,2\n"),
    InputFile("helpers.py", HELPERS),
    InputFile("old.py", b"print('nobody was shown this')\n"),
    InputFile("tables/rows.csv", b"1\n2\n"),
    InputFile("pkg/__init__.py", b"from pkg.core import core\n"),
    InputFile("pkg/core.py", b"import pathlib\nfrom . import far\ndef core():\n    return far.LINES\n"),
    InputFile(
        "pkg/far.py",
        b"import pathlib\nLINES = pathlib.Path(__file__).parent.joinpath('far.txt').read_text().split()\n",
    ),
    InputFile("pkg/far.txt", b"far away"),
)
WHERE = """
import importlib, inspect, os, stat, subprocess, sys
import ray
import helpers

def look():
    import helpers, pkg
    here = os.getcwd()
    own = list(dict.fromkeys(path for path in sys.path if path.startswith(here) or path in ("", ".")))
    hidden = []
    for name in ("o" + "ld", "data", "tab" + "les.rows", "inputs", "inside", "wrapper"):
        try:
            importlib.import_module(name)
            hidden.append("found " + name)
        except ImportError as error:
            hidden.append(type(error).__name__)
    return [
        [os.path.relpath(path, here) for path in own], here == next(path for path in sys.path if "/ray/" not in path.replace(here, "")), os.environ["PYTHONPATH"] == here,
        os.path.relpath(helpers.__file__, here), helpers.__name__, inspect.getsource(helpers.clean), pkg.core(),
        open("data.csv").read(), open("tables/rows.csv").read(), hidden,
        [oct(stat.S_IMODE(os.stat(path).st_mode)) for path in ("data.csv", "helpers.py", "pkg/core.py")],
        sorted(path for path in os.listdir(".") if path.endswith((".py", ".csv")) and path != "launch.py"),
    ]

ray.init()
task = ray.remote(num_cpus=0.1)(look)
afresh = ray.remote(num_cpus=0.1, runtime_env={"env_vars": {"SOME": "thing"}})(look)
found = [look(), ray.get(task.remote()), ray.get(afresh.remote())]
print(found[0])
print(found[1] == found[0], found[2] == found[0], found[1:] if found[1:] != [found[0]] * 2 else "")
print(subprocess.run([sys.executable, "-c", "import helpers; print(helpers.clean(4))"], capture_output=True, text=True).stdout)
"""
WORKERS = """
import time
import ray
import helpers
from helpers import Counter, clean

ray.init()
print(ray.get([ray.remote(clean).remote(i) for i in range(3)]))
counter = Counter.options(max_restarts=1, num_cpus=0.1).remote()
print(ray.get([counter.add.remote(i) for i in range(3)]))
ray.kill(counter, no_restart=False)
for _ in range(100):
    try:
        if ray.get(counter.add.remote(0)) == 0:
            print(ray.get(counter.add.remote(5)))
            break
    except ray.exceptions.RayActorError:
        pass
    time.sleep(0.1)

@ray.remote(num_cpus=0.1)
class Late:
    def __init__(self):
        from pkg import core
        self.core = core
    def ask(self):
        return self.core(), clean(21)

late = [Late.remote() for _ in range(4)]
print(ray.get([each.ask.remote() for each in late]))
"""
FAILS = """
import ray
from helpers import fails
ray.init()
ray.get(ray.remote(fails).remote())
"""
DISGUISED = """# coding: utf-7
# +AAo-print('hidden')
print('shown')
"""
RUNS = [WHERE, WORKERS, DISGUISED]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def validator() -> AsyncGenerator[Validator]:
    settings = PoolSettings(size=0, limits=ValidationLimits(wall=90), cluster=ClusterSettings(workers=1))
    async with open_validator(settings) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def target(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[EmbeddedTarget]:
    async with EmbeddedTarget(tmp_path_factory.mktemp("target"), outgoing=default()) as opened:
        await opened.up(PATIENCE)
        yield opened


async def ran(target: EmbeddedTarget, name: str, code: str) -> Outcome:
    async with asyncio.timeout(PATIENCE):
        await target.submit(Job(name, code, {}, 120, companions(code, FILES)))
        async for event in target.follow(name):
            if isinstance(event, Finished):
                return event.outcome
    raise AssertionError("it did not end")


async def test_validation_and_run_find_the_same_files_and_modules(
    validator: Validator, target: EmbeddedTarget
):
    async with validator.lease(inputs=FILES) as lease:
        sealed = [await lease.validate(code) for code in RUNS]
    real = [await ran(target, f"r{number}", code) for number, code in enumerate(RUNS)]
    for one, other in zip(sealed, real, strict=True):
        assert one.passed, one
        assert other.passed, other
        assert one.stdout == other.stdout
    where, workers, disguised = (outcome.stdout for outcome in sealed)
    assert "True True" in where, "workers see what the driver sees"
    assert "found" not in where, "what is not code can't be imported"
    assert "'helpers.py', 'helpers'" in where
    assert "['0o444', '0o444', '0o444'], ['data.csv', 'helpers.py', 'program.py']" in where
    assert where.rstrip().endswith("8"), "and so does another Python"
    assert workers.splitlines() == ["[0, 2, 4]", "[0, 2, 6]", "10", str([(["far", "away"], 42)] * 4)]
    assert disguised == "shown\n"
    assert "helpers" not in sealed[0].touched.packages


async def test_a_failure_in_a_module_names_its_file_in_both(validator: Validator, target: EmbeddedTarget):
    async with validator.lease(inputs=FILES) as lease:
        sealed = await lease.validate(FAILS)
        without = await lease.validate("import old_one")
    real = await ran(target, "fails", FAILS)
    assert sealed.failure is not None
    assert real.failure is not None
    assert [(each.line, each.function) for each in sealed.failure.frames] == [
        (5, "<module>"),
        (9, "fails (helpers.py)"),
    ]
    assert [each.function for each in real.failure.frames] == [
        each.function for each in sealed.failure.frames
    ]
    assert without.detail == "old_one"


async def test_attempts_of_one_lease_have_the_modules_that_each_of_them_imports(validator: Validator):
    lists = "import os\nprint(sorted(name for name in os.listdir('.') if name != 'outputs'))"
    async with validator.lease(inputs=(FILES[1], FILES[2])) as lease:
        first = await lease.validate(f"import helpers\n{lists}")
        second = await lease.validate(lists)
    assert first.stdout == "['helpers.py', 'program.py']\n"
    assert second.stdout == "['program.py']\n"
