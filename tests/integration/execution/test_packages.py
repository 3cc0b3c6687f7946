"""The packages that a program was validated with are what its run on raygen's own cluster has, and no other run's."""

from __future__ import annotations

import asyncio

import pytest

from services.domain.values import Verdict
from services.environments.interface import Needs
from services.environments.uv_environments import UvEnvironments
from services.execution.embedded import EmbeddedTarget
from services.execution.interface import Job
from tests.integration.execution.conftest import run, told

pytestmark = pytest.mark.asyncio(loop_scope="session")

PROGRAM = """
import os, subprocess, sys
import ray
import tiny

@ray.remote
def there():
    import tiny
    return tiny.VERSION

@ray.remote(runtime_env={"env_vars": {"OWN": "1"}})
class Actor:
    def there(self):
        import tiny
        return tiny.VERSION, os.environ["OWN"]

ray.init(logging_level="ERROR")
print(tiny.VERSION, tiny.__file__, ray.get(there.remote()), *ray.get(Actor.remote().there.remote()))
command = [sys.executable, "-c", "import tiny; print(tiny.VERSION)"]
print(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())
try:
    open(tiny.__file__, "a")
except OSError:
    print("read-only")
print(os.listdir("/raygen/environments"))
"""


async def unreported(_: str) -> None:
    """Nobody asks."""


async def test_each_run_has_its_own_packages(shared: EmbeddedTarget, environments: UvEnvironments):
    versions = ("1.0", "2.0")
    for version in versions:
        lock = await environments.lock(Needs(requirements=(f"tiny=={version}",)), unreported)
        await shared.submit(Job(f"with-tiny-{version}", PROGRAM, lock=lock))
    found = await asyncio.gather(*(told(shared, f"with-tiny-{version}") for version in versions))
    for version, (output, outcome) in zip(versions, found, strict=True):
        assert outcome.passed, (output, outcome)
        assert output.splitlines() == [
            f"{version} /packages/tiny.py {version} {version} 1",
            version,
            "read-only",
            "[]",
        ]
        assert outcome.touched.files == ("/raygen/environments",), "what is installed is no news"

    output, outcome = await run(shared, "without-tiny", "import tiny")
    assert outcome.verdict is Verdict.NOT_IMPORTABLE
    assert "No module named 'tiny'" in output
