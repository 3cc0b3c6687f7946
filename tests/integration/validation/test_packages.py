"""Packages that are installed for a program: driver and workers of every kind import them, and nothing else changes."""

from __future__ import annotations

import textwrap
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from services.domain.locks import Lock, LockedPackage
from services.domain.values import Verdict
from services.environments.interface import Environment
from services.validation.interface import Setup
from services.validation.pool import PoolSettings, SealedPool
from services.validation.seal import Mounts
from tests.waiting import until

PROGRAM = """
import os
import subprocess
import sys

import ray
import tiny


@ray.remote
def where():
    import tiny
    return tiny.__file__, tiny.VERSION


@ray.remote(runtime_env={"env_vars": {"PYTHONPATH": "/nowhere", "OWN": "1"}})
def afresh():
    import tiny
    return tiny.__file__, tiny.VERSION, os.environ["OWN"]


command = [sys.executable, "-c", "import tiny; print(tiny.VERSION)"]
print(tiny.VERSION, tiny.read())
print(*ray.get(where.remote()))
print(*ray.get(afresh.remote()))
print(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())
try:
    open(tiny.__file__, "a")
except OSError as error:
    print(type(error).__name__)
"""


def environment(directory: Path, version: str) -> Environment:
    package = directory / "tiny"
    package.mkdir(parents=True)
    (package / "data.txt").write_text("data")
    (package / "__init__.py").write_text(
        textwrap.dedent(f"""
            import os
            VERSION = {version!r}

            def read():
                with open(os.path.join(os.path.dirname(__file__), "data.txt")) as file:
                    return file.read()
        """)
    )
    lock = Lock(requirements=f"tiny=={version}", packages=(LockedPackage(name="tiny", version=version),))
    return Environment(lock=lock, path=directory)


@pytest.fixture
async def pool() -> AsyncGenerator[SealedPool]:
    async with SealedPool(PoolSettings(size=1, warm=1)) as pool:
        yield pool


async def test_packages_are_imported_everywhere_and_kept_warm(pool: SealedPool, tmp_path: Path):
    first = Setup(environment=environment(tmp_path / "first", "1.0"))
    # As setuptools has, which Python may have imported at its start.
    (tmp_path / "first" / "_distutils_hack").mkdir()
    async with pool.lease() as lease:
        found = await lease.validate(PROGRAM, first)
        missing = await lease.validate(PROGRAM)
    lines = found.stdout.splitlines()
    assert found.passed, found
    assert lines == [
        "1.0 data",
        "/packages/tiny/__init__.py 1.0",
        "/packages/tiny/__init__.py 1.0 1",
        "1.0",
        "OSError",
    ]
    assert set(found.touched.packages) == {"ray", "tiny"}
    assert not found.touched.files, "what is installed is no news"
    assert not found.unknown
    assert (missing.verdict, missing.detail) == (Verdict.NOT_IMPORTABLE, "tiny")

    path = first.environment.path
    assert path is not None
    await until(lambda: pool.warm(Mounts(path)))
    second = Setup(environment=environment(tmp_path / "second", "2.0"))
    async with pool.lease() as lease:
        assert (await lease.validate("import tiny; tiny.VERSION", first)).value == "'1.0'"
        assert (await lease.validate("import tiny; tiny.VERSION", second)).value == "'2.0'"
        clash = environment(tmp_path / "third", "3.0")
        (tmp_path / "third" / "requests").mkdir()
        refused = await lease.validate("import tiny", replace(first, environment=clash))
    assert refused.verdict is Verdict.FAILED
    assert refused.detail
    assert "another version of requests" in refused.detail
