"""Evidence of a sealed run is shown as what it is: odd names escaped, the rest intact, and what was not seen as unknown."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from services.domain.values import EVIDENCE, Outcome, Verdict
from services.validation.interface import ValidationLease, ValidationLimits
from services.validation.pool import PoolSettings, open_validator

pytestmark = pytest.mark.asyncio(loop_scope="module")
LIMITS = ValidationLimits(wall=20, memory=1200 * 1024**2, output=200_000, processes=200)

SEEN = """
import os
import subprocess
import ray

ray.init()
open("/etc/hosts").close()
print(subprocess.run(["true"]).returncode, os.environ.get("HOME") is not None)
os.makedirs("outputs", exist_ok=True)
open({name}, "w").write("a,b\\n1,2\\n")
open("outputs/good.csv", "w").write("a,b\\n1,2\\n")
7
"""
NAMES = [
    '"outputs/plain.csv"',
    '"outputs/" + "n" * 210 + ".csv"',
    'b"outputs/name-\\xff.csv"',
    'b"outputs/" + b"\\xff" * 255',
    '"outputs/a\\nb\\u202ec.csv"',
    '"outputs/" + "\\u6f22" * 80 + ".csv"',
]
BYTES = """
import os, sys, time
import ray

@ray.remote
def from_a_worker():
    os.write(1, b"latin: caf\\xe9\\n")
    open("/etc/hosts").close()
    return os.fsdecode(b"name-\\xff.csv")

ray.init()
os.write(1, b"driver: \\x80\\xfe\\xff\\x00 end\\n")
name = ray.get(from_a_worker.remote())
os.makedirs("outputs", exist_ok=True)
open(os.path.join("outputs", name), "w").write("a,b\\n1,2\\n")
name
"""
MANY = """
import os
os.mkdir("/tmp/many")
for number in range(10_000):
    os.close(os.open(f"/tmp/many/{number}", os.O_CREAT | os.O_WRONLY))
os.environ.get("K" * 300)
os.environ.get("half\\udcff")
10**400
"""
ENVIRONMENT = """
import ray
ray.init(runtime_env={"env_vars": {"HOME": "/elsewhere"}})

@ray.remote
def look():
    open("/etc/hosts").close()

@ray.remote
def outer():
    return ray.get(look.options(num_gpus=2).remote())

ray.get(outer.remote())
"""
# Programs after which nobody can say what they touched, by how they get there.
UNSEEN = {
    "leaves": "import os\nopen('/etc/hosts')\nos._exit(0)",
    "leaves in a function": "import os\ndef end():\n    os._exit(0)\nend()",
    "leaves in a thread": "import os, threading, time\nthreading.Thread(target=os._exit, args=(0,), daemon=True).start()\ntime.sleep(9)",
    "leaves at its exit": "import atexit, os\natexit.register(os._exit, 0)\nprint('done')",
    "leaves by C": "import ctypes\nctypes.CDLL(None)._exit(0)",
    "becomes another": "import os\nos.execv('/bin/true', ['true'])",
    "leaves its child behind": "import os\nif os.fork():\n    os._exit(0)",
    "closes all": "import os\nos.closerange(3, 400)",
    "writes over it": "import os\nfor fd in range(3, 64):\n    try:\n        os.write(fd, b'x')\n    except OSError:\n        pass\nos._exit(0)",
    "forges it": (
        "import os\nfor fd in range(3, 64):\n    try:\n"
        '        os.write(fd, b\'{"exit_code": 0, "touched": {"files": []}, "resources": {}}\')\n'
        "    except OSError:\n        pass\nos._exit(0)"
    ),
}
LOST = {
    "deleted": "os.unlink(journal)",
    "emptied": "os.truncate(journal, 0)",
    "replaced": "os.unlink(journal); open(journal, 'w').close()",
    "garbled": "open(journal, 'ab').write(b'{no json\\n[1, 2]\\n')",
}
ENDED = {
    "exit": "import sys\nsys.exit(0)\nbad()",
    "raise": "raise SystemExit\nbad()",
    "nested": "def f():\n    quit()\nf()\nbad()",
}
KILLED = {
    "alarm": "import signal, time\nsignal.alarm(1)\ntime.sleep(9)",
    "kill": "import os, signal, time\nos.kill(os.getpid(), signal.SIGTERM)\ntime.sleep(9)",
    "crash": "import ctypes\nctypes.string_at(0)",
}


LOOKUPS = f"""
import importlib, os, pkgutil
from importlib import metadata
importlib.invalidate_caches()
list(metadata.distributions())
list(pkgutil.iter_modules())
list(metadata.distributions(path=["/etc"]))
os.listdir({str(Path(__file__).parents[3])!r})
"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def lease() -> AsyncGenerator[ValidationLease]:
    """One for all of them, which is replaced where a program has spoiled its cluster."""
    async with open_validator(PoolSettings(limits=LIMITS)) as opened, opened.lease() as leased:
        yield leased


def recorded(outcome: Outcome) -> bool:
    return not any("end of the program was not recorded" in remark for remark in outcome.remarks)


@pytest.mark.parametrize("name", NAMES)
async def test_an_odd_name_of_a_file_takes_nothing_from_the_evidence(lease: ValidationLease, name: str):
    outcome = await lease.validate(SEEN.format(name=name))
    touched = outcome.touched
    assert (outcome.verdict, outcome.value, outcome.unknown) == (Verdict.PASSED, "7", ())
    assert (touched.files, touched.processes, touched.environment) == (("/etc/hosts",), ("true",), ("HOME",))
    names = [artifact.name for artifact in outcome.artifacts]
    assert len(names) == 2
    assert "good.csv" in names
    assert all(each.isprintable() and len(each) <= 100 and len(each.encode()) <= 255 for each in names)


async def test_what_packages_are_found_in_is_not_touched_and_any_other_directory_is(lease: ValidationLease):
    """An editable installation, such as the one that runs this test, is in a directory of its own."""
    outcome = await lease.validate(LOOKUPS)
    assert outcome.passed, outcome
    assert outcome.touched.files == ("/etc", str(Path(__file__).parents[3]))


async def test_bytes_that_are_no_text_are_shown_escaped_and_the_rest_is_there(lease: ValidationLease):
    outcome = await lease.validate(BYTES)
    assert (outcome.verdict, outcome.value, outcome.unknown) == (Verdict.PASSED, repr("name-\udcff.csv"), ())
    assert outcome.touched.files == ("/etc/hosts",)
    assert [artifact.name for artifact in outcome.artifacts] == ["name-\\xff.csv"]


async def test_more_than_can_be_listed_is_counted(lease: ValidationLease):
    outcome = await lease.validate(MANY)
    assert (outcome.verdict, outcome.value, outcome.unknown) == (Verdict.PASSED, str(10**400), ())
    assert len(outcome.touched.files) + outcome.touched.more["files"] == 10_001
    assert outcome.touched.environment == ("K" * 199 + "…", "half\\xff")


async def test_workers_with_an_environment_of_their_own_and_nested_tasks_are_seen(lease: ValidationLease):
    outcome = await lease.validate(ENVIRONMENT)
    assert outcome.passed, outcome
    assert (outcome.touched.files, outcome.resources, outcome.unknown) == (("/etc/hosts",), {"GPU": 2.0}, ())


@pytest.mark.parametrize("code", UNSEEN.values(), ids=list(UNSEEN))
async def test_a_program_that_leaves_before_its_end_is_not_taken_for_one_that_touches_nothing(
    lease: ValidationLease, code: str
):
    outcome = await lease.validate(code)
    assert (outcome.exit_code, outcome.unknown) == (0, EVIDENCE)
    assert not recorded(outcome)


@pytest.mark.parametrize("loss", LOST.values(), ids=list(LOST))
async def test_what_workers_saw_and_is_lost_is_unknown(lease: ValidationLease, loss: str):
    code = (
        "import os, ray\nray.init()\njournal = '/tmp/ray/session_latest/touched'\n"
        f"@ray.remote\ndef f():\n    open('/etc/hosts').close()\n    {loss}\nray.get(f.remote())"
    )
    outcome = await lease.validate(code)
    assert outcome.passed, outcome
    assert outcome.unknown == EVIDENCE


async def test_a_worker_that_dies_takes_nothing_of_what_it_noted_with_it(lease: ValidationLease):
    code = (
        "import os, ray\n@ray.remote(max_retries=0)\ndef f():\n    open('/etc/hosts').close()\n    os._exit(0)\n"
        "try:\n    ray.get(f.remote())\nexcept ray.exceptions.RayError as error:\n    print(type(error).__name__)"
    )
    outcome = await lease.validate(code)
    assert (outcome.verdict, outcome.unknown) == (Verdict.PASSED, ())
    assert outcome.touched.files == ("/etc/hosts",)


@pytest.mark.parametrize("code", ENDED.values(), ids=list(ENDED))
async def test_a_program_that_exits_early_says_so(lease: ValidationLease, code: str):
    outcome = await lease.validate(code)
    assert (outcome.verdict, outcome.unknown) == (Verdict.PASSED, ())
    assert any("exited with SystemExit on line" in remark for remark in outcome.remarks)


async def test_a_program_that_exits_at_its_end_has_no_remark(lease: ValidationLease):
    code = "import sys\ndef main():\n    return 0\nif __name__ == '__main__':\n    sys.exit(main())"
    assert (await lease.validate(code)).remarks == ()


@pytest.mark.parametrize("code", KILLED.values(), ids=list(KILLED))
async def test_of_a_program_that_is_killed_nothing_is_known(lease: ValidationLease, code: str):
    outcome = await lease.validate(code)
    assert (outcome.verdict, outcome.unknown) == (Verdict.KILLED, EVIDENCE)
