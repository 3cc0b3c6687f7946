"""What comes of a program is reported as a value: the right verdict, and the evidence with it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from services.domain.values import InputFile, TaskCount, Verdict
from services.validation.interface import ValidationLease, ValidationLimits, Validator
from services.validation.pool import PoolSettings, open_validator
from services.validation.sandbox import ClusterSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")
LIMITS = ValidationLimits(wall=8, memory=1200 * 1024**2, output=100_000, processes=200)

IN_A_TASK = """
import ray

@ray.remote
def divide(x):
    return 1 / x

print("before")
ray.get(divide.remote(0))
"""
IN_AN_ACTOR = """
import ray

@ray.remote
class Ledger:
    def book(self, amount):
        if amount < 0:
            raise ValueError(f"negative: {amount}")

ray.get(Ledger.remote().book.remote(-1))
"""
TOUCHES = """
import os, socket, subprocess
import ray

@ray.remote
def look():
    import yaml
    os.environ.get("A_TOKEN")
    try:
        open("/etc/elsewhere", "w")
    except OSError:
        pass
    try:
        socket.create_connection(("198.51.100.7", 443), 1)
    except OSError:
        return "refused"

print(ray.get(look.options(num_cpus=2).remote()))
open("/etc/hosts").close()
subprocess.run(["true"], check=True)
"""
MAKES = """
import matplotlib.pyplot as plt
import os
import plotly.graph_objects as go

plt.plot([1, 2])
plt.show()
go.Figure(go.Bar(y=[1, 2])).show()
os.makedirs("outputs", exist_ok=True)
open("outputs/table.csv", "w").write("a,b\\n1,2\\n")
os.symlink("/etc/passwd", "outputs/link")
"""
READS = """
import os, pathlib
import ray

@ray.remote
def rows():
    return open("orders.csv").read().count("\\n")

print(ray.get(rows.remote()), open("orders.csv").readline().strip(), len(pathlib.Path("größe.bin").read_bytes()))
real = os.path.realpath("orders.csv")
for change in (lambda: open("orders.csv", "w"), lambda: os.chmod(real, 0o666), lambda: os.unlink(real),
               lambda: os.rename(os.path.dirname(real), "/tmp/mine"), lambda: os.truncate(real, 0)):
    try:
        change()
        print("changed")
    except OSError:
        print("kept")
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def validator() -> AsyncGenerator[Validator]:
    async with open_validator(PoolSettings(limits=LIMITS, cluster=ClusterSettings(workers=1))) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lease(validator: Validator) -> AsyncGenerator[ValidationLease]:
    """One for all tests that need no fresh one; it is replaced where a program has spoiled its cluster."""
    async with validator.lease() as leased:
        yield leased


async def test_a_pass_comes_with_its_figures(lease: ValidationLease):
    code = (
        "import ray\nray.get([ray.remote(lambda: 1).options(name='one').remote() for _ in range(5)])\n40 + 2"
    )
    outcome = await lease.validate(code)
    assert (outcome.verdict, outcome.value, outcome.exit_code) == (Verdict.PASSED, "42", 0)
    assert sum(task.count for task in outcome.tasks) == 5
    assert outcome.wall is not None
    assert outcome.wall > 0
    assert outcome.peak_memory is not None
    assert outcome.peak_memory > 30 * 1024**2


async def test_a_failure_inside_a_task_names_it_and_the_users_lines(lease: ValidationLease):
    outcome = await lease.validate(IN_A_TASK)
    assert outcome.verdict is Verdict.FAILED
    assert outcome.stdout == "before\n"
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.inside) == ("ZeroDivisionError", "divide")
    assert [frame.source for frame in outcome.failure.frames] == [
        "ray.get(divide.remote(0))",
        "return 1 / x",
    ]


async def test_a_failure_inside_an_actor_names_its_method(lease: ValidationLease):
    outcome = await lease.validate(IN_AN_ACTOR)
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.message) == ("ValueError", "negative: -1")
    assert outcome.failure.inside == "Ledger.book"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("while True: pass", Verdict.TIMED_OUT),
        ("x = [bytearray(50_000_000) for _ in range(100)]", Verdict.OUT_OF_MEMORY),
        ("import ray\nf = ray.remote(lambda: [bytearray(50_000_000) for _ in range(100)])\nray.get(f.remote())", Verdict.OUT_OF_MEMORY),
        ("while True: print('x' * 1000)", Verdict.OUTPUT_LIMIT),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", Verdict.KILLED),
        ("import ctypes\nctypes.string_at(0)", Verdict.KILLED),
        ("import torch", Verdict.NOT_IMPORTABLE),
        ("import importlib\nimportlib.import_module('torch')", Verdict.NOT_IMPORTABLE),
        ("import ray\nray.get(ray.remote(num_gpus=100)(lambda: 1).remote())", Verdict.PARTIAL),
        ("def broken(:", Verdict.FAILED),
        ("import sys\nsys.exit(4)", Verdict.FAILED),
        ("import os\nos._exit(0)", Verdict.PASSED),
    ],
)  # fmt: skip
async def test_each_end_has_its_verdict(lease: ValidationLease, code: str, expected: Verdict):
    outcome = await lease.validate(code)
    assert outcome.verdict is expected, outcome
    assert outcome.detail or outcome.failure or outcome.unproven or outcome.passed or outcome.exit_code, (
        "it says why"
    )
    assert len(outcome.stdout) <= LIMITS.output


async def test_what_it_touches_is_seen_in_driver_and_workers(lease: ValidationLease):
    outcome = await lease.validate(TOUCHES)
    touched = outcome.touched
    assert outcome.stdout == "refused\n"
    assert {"/etc/hosts", "/etc/elsewhere"} <= set(touched.files)
    assert "198.51.100.7:443" in touched.hosts
    assert "true" in touched.processes
    assert "A_TOKEN" in touched.environment
    assert set(touched.packages) == {"ray", "yaml"}
    assert set(touched.refused) == {"network to 198.51.100.7:443", "writing to /etc/elsewhere"}
    assert outcome.resources == {"CPU": 2.0}
    assert outcome.tasks == (TaskCount("look", "SUBMITTED", 1),)


@pytest.mark.parametrize(
    ("figures", "expected"), [(1, ["pi.png"]), (2, ["figure-1.png", "figure-2.png", "pi.png"])]
)
async def test_a_figure_that_the_program_has_saved_does_not_come_twice(
    lease: ValidationLease, figures: int, expected: list[str]
):
    code = "import os\nimport matplotlib.pyplot as plt\nos.makedirs('outputs', exist_ok=True)\n"
    code += "plt.figure().savefig('outputs/pi.png')\n" + "plt.figure()\n" * (figures - 1)
    outcome = await lease.validate(code)
    assert [artifact.name for artifact in outcome.artifacts] == expected


async def test_figures_and_files_come_along_but_no_links(lease: ValidationLease):
    outcome = await lease.validate(MAKES)
    names = [artifact.name for artifact in outcome.artifacts]
    assert names == ["figure-1.png", "figures.html", "table.csv"], outcome
    assert outcome.artifacts[0].content.startswith(b"\x89PNG")
    assert b"plotly-graph-div" in outcome.artifacts[1].content
    assert outcome.artifacts[2].content == b"a,b\n1,2\n"


LEAVES = """
import ray
from ray.util.placement_group import placement_group
actor = ray.remote(type("A", (), {}))
actor.options(name="a", lifetime="detached").remote()
actor.options(name="b", lifetime="detached", max_restarts=-1).remote()
placement_group([{"CPU": 1}], name="g", lifetime="detached")
"""
LOOKS = """
import os, ray
ray.init()
print(os.listdir("."), "X" in globals(), ray.util.list_named_actors(True))
print([g for g in ray.util.placement_group_table().values() if g["state"] != "REMOVED"])
"""


async def test_attempts_of_one_lease_see_nothing_of_each_other(validator: Validator):
    async with validator.lease() as lease:
        assert (await lease.validate("open('mine.txt', 'w').write('secret')\nX = 1")).passed
        assert (await lease.validate(LEAVES)).passed
        found = await lease.validate(LOOKS)
    assert found.stdout == "['program.py', 'outputs'] False []\n[]\n"


async def test_a_cluster_that_a_program_spoiled_is_replaced_for_the_next_attempt(validator: Validator):
    async with validator.lease() as lease:
        assert (
            await lease.validate("while True: pass", limits=ValidationLimits(wall=1))
        ).verdict is Verdict.TIMED_OUT
        assert (await lease.validate("print('fine')")).stdout == "fine\n"


async def test_input_files_are_there_for_driver_and_workers_and_nobody_changes_them(validator: Validator):
    inputs = [InputFile("orders.csv", b"id,sum\n1,2\n3,4\n"), InputFile("größe.bin", bytes(3_000_000))]
    waits: list[float] = []

    async def waiting(estimate: float) -> None:
        waits.append(estimate)

    async with validator.lease(inputs=inputs, waiting=waiting) as lease:
        first, second = await lease.validate(READS), await lease.validate(READS)
    assert first.stdout == "3 id,sum 3000000\n" + "kept\n" * 5, first
    assert second.stdout == first.stdout
    assert first.artifacts == ()
    assert len(waits) == 1
    assert 0 < waits[0] < 60
    async with validator.lease() as other:
        assert (await other.validate("open('orders.csv')")).failure is not None, "and for no other task"


AT_ITS_END = """
import atexit, ctypes, os
import ray

@ray.remote
def add(a, b):
    print("in a worker")
    return a + b

print("Result:", ray.get(add.remote(40, 2)))
print("no line end", end="")
atexit.register({})
"""
UNENDED = """
import ray

@ray.remote
def one():
    print("part", end="", flush=True)

@ray.remote
def two():
    print("", "whole")

ray.get(one.remote())
ray.get(two.remote())
"""


async def test_what_was_printed_is_there_however_the_process_ends(validator: Validator):
    async with validator.lease() as lease:
        for end, expected in (("ctypes.string_at, 0", Verdict.KILLED), ("os._exit, 3", Verdict.FAILED)):
            outcome = await lease.validate(AT_ITS_END.format(end))
            assert outcome.verdict is expected, outcome
            assert outcome.stdout == "in a worker\nResult: 42\nno line end", outcome
        within = await lease.validate("print('a')\nprint('b', end='')\n__import__('ctypes').string_at(0)")
        assert within.stdout == "a\nb", within
        assert (await lease.validate(UNENDED)).stdout == "part whole\n"


CUDA_IF_AVAILABLE = """
import ctypes, ray

@ray.remote
def device():
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError as error:
        assert str(error).endswith("cannot open shared object file: No such file or directory"), error
        return "cpu"

print(ray.get(device.remote()))
"""
GPUS_BY_PATH = """
import ctypes, ray

def missing(look, *arguments):
    try:
        look(*arguments)
    except OSError as error:
        return error.errno or str(error).partition(": ")[2]

paths = ("/usr/lib/x86_64-linux-gnu/libcuda.so.1", "/usr/lib/libnvidia-ml.so.1")
print(ray.get(ray.remote(missing).remote(open, "/dev/nvidia0")), *{missing(ctypes.CDLL, path) for path in paths})
"""


async def test_who_looks_for_the_cuda_driver_is_seen_and_gets_the_usual_error(validator: Validator):
    async with validator.lease() as lease:
        with_fallback = await lease.validate(CUDA_IF_AVAILABLE)
        assert (with_fallback.verdict, with_fallback.stdout) == (Verdict.PASSED, "cpu\n"), with_fallback
        assert "looked for a CUDA driver" in " ".join(with_fallback.remarks)
        by_path = await lease.validate(GPUS_BY_PATH)
        missing = "cannot open shared object file: No such file or directory"
        assert (by_path.verdict, by_path.stdout) == (Verdict.PASSED, f"2 {missing}\n"), by_path
        assert "looked for a CUDA driver" in " ".join(by_path.remarks)
        by_linker = await lease.validate("import ctypes.util; ctypes.util.find_library('nvidia-ml')")
        assert "looked for a CUDA driver" in " ".join(by_linker.remarks), by_linker
        nvml = await lease.validate("import ctypes; ctypes.CDLL('libnvidia-ml.so.1')")
        assert any("without a CUDA driver" in remark for remark in nvml.remarks), nvml
        without = await lease.validate("import ctypes; ctypes.CDLL('libc.so.6')")
        assert (without.verdict, without.remarks) == (Verdict.PASSED, ()), without


async def test_objects_beyond_the_store_fail_and_leave_the_cluster_usable(lease: ValidationLease):
    many = "import numpy as np, ray\nrefs = [ray.put(np.full(2_000_000, n)) for n in range(60)]"
    outcome = await lease.validate(many)
    assert outcome.verdict is Verdict.FAILED, outcome
    assert outcome.failure is not None
    assert "object store (256 MB) was full when an object of 16 MB was put" in outcome.failure.message
    assert (await lease.validate("import ray\nray.get(ray.put(1)) + 1")).value == "2"
