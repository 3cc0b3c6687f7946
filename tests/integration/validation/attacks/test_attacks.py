"""Programs that mean harm: none gets through, each ends in time with its verdict, and the next one is unharmed."""

from __future__ import annotations

import ast
import asyncio
import os
import re
import secrets
import socket
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio

from services.domain.locks import Lock, LockedPackage
from services.domain.values import Verdict
from services.environments.interface import Environment
from services.validation.interface import Setup, ValidationLease, ValidationLimits, Validator
from services.validation.pool import PoolSettings, open_validator
from services.validation.sandbox import ClusterSettings

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))
LIMITS = ValidationLimits(wall=6, memory=1200 * 1024**2, output=256_000, processes=128)
ENOUGH = 90.0
"""Seconds for what has to run into another limit than the time's."""
CANARY = f"canary-{secrets.token_hex(8)}"


@dataclass
class Host:
    """What the attacks would like to reach: secrets, services and a process of the host."""

    file: Path
    tcp: socket.socket
    abstract: socket.socket
    victim: int

    def aimed(self, code: str) -> str:
        name = self.abstract.getsockname()[1:].decode()
        aims = {
            "CANARY_FILE": str(self.file),
            "PORT": str(self.tcp.getsockname()[1]),
            "ABSTRACT": name,
            "VICTIM": str(self.victim),
        }
        for word, aim in aims.items():
            code = code.replace(word, aim)
        return code

    def untouched(self) -> bool:
        os.kill(self.victim, 0)
        return self.file.read_text() == CANARY and not _visited(self.tcp) and not _visited(self.abstract)


def _visited(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Generator[Host]:
    file = tmp_path_factory.mktemp("host") / "secret.txt"
    file.write_text(CANARY)
    os.environ["RAYGEN_CANARY"] = CANARY
    pid = os.posix_spawn(
        sys.executable, [sys.executable, "-c", "import time; time.sleep(3600)"], dict(os.environ)
    )
    with closing(socket.socket()) as tcp, closing(socket.socket(socket.AF_UNIX)) as abstract:
        tcp.bind(("127.0.0.1", 0))
        abstract.bind(f"\0{secrets.token_hex(8)}".encode())
        for listener in (tcp, abstract):
            listener.listen()
            listener.setblocking(False)
        yield Host(file, tcp, abstract, pid)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    del os.environ["RAYGEN_CANARY"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def validator(host: Host) -> AsyncGenerator[Validator]:
    del host  # its secrets are in the environment by now
    # Far above what LIMITS allow, and few enough that a bomb leaves processes to the tests beside it.
    settings = PoolSettings(limits=LIMITS, cluster=ClusterSettings(workers=1, threads=2048))
    async with open_validator(settings) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lease(validator: Validator) -> AsyncGenerator[ValidationLease]:
    """One for all attacks: each has to leave it fit for the next, or see it replaced."""
    async with validator.lease() as leased:
        yield leased


def test_there_are_enough_attacks():
    assert len(PROGRAMS) >= 60


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
async def test_nothing_gets_through(path: Path, lease: ValidationLease, host: Host):
    code = host.aimed(path.read_text(encoding="utf-8"))
    expected = {Verdict(word) for word in code.splitlines()[0].removeprefix("# expect:").split()}
    wall = LIMITS.wall if Verdict.TIMED_OUT in expected else ENOUGH
    outcome = await lease.validate(code, limits=replace(LIMITS, wall=wall))
    after = await lease.validate("import ray\nprint('Result:', ray.get(ray.remote(lambda: 3).remote()))")
    everything = repr(outcome) + "".join(repr(artifact.content) for artifact in outcome.artifacts)
    assert CANARY not in everything
    assert "GOT THROUGH" not in outcome.stdout + outcome.stderr, outcome
    assert host.untouched()
    assert outcome.verdict in expected, outcome
    assert len(outcome.stdout) + len(outcome.stderr) <= LIMITS.output
    assert (after.verdict, after.stdout) == (Verdict.PASSED, "Result: 3\n"), after


HARMFUL = """
import os, socket, sys

def tried(act):
    try:
        return repr(act())
    except BaseException as error:
        return type(error).__name__

def opened(path, mode="w"):
    with open(path, mode) as file:
        return file.read() if mode == "r" else file.write("harm")

FOUND = {
    "secret": tried(lambda: opened("CANARY_FILE", "r")),
    "other secret": tried(lambda: opened("CANARY_FILE")),
    "itself": tried(lambda: opened(__file__, "a")),
    "beside": tried(lambda: opened(os.path.join(os.path.dirname(__file__), "sitecustomize.py"))),
    "Python": tried(lambda: opened(os.path.join(os.path.dirname(os.__file__), "sitecustomize.py"))),
    "Ray": tried(lambda: opened(os.path.join(os.path.dirname(sys.modules["ray"].__file__), "harm.py"))),
    "TCP": tried(lambda: socket.create_connection(("127.0.0.1", PORT), 2)),
    "elsewhere": tried(lambda: socket.create_connection(("192.0.2.1", 443), 2)),
    "a name": tried(lambda: socket.getaddrinfo("harm.example.com", 443)),
    "process": tried(lambda: os.kill(VICTIM, 9)),
}
sys.modules["json"] = None
"""
BOMB = "import os\nwhile True:\n    os.fork()\n"
IMPORTS = """
import ray
@ray.remote
def there():
    import harmful
    return harmful.FOUND
found = ray.get(there.remote())
import harmful
print(found)
print(harmful.FOUND)
"""


@pytest.mark.asyncio(loop_scope="module")
async def test_a_package_that_means_harm_reaches_nothing(validator: Validator, host: Host, tmp_path: Path):
    """While it is imported, in the driver and in a worker; the next program with the same packages is unharmed."""
    lib = tmp_path / "lib"
    for name, code in {"harmful": host.aimed(HARMFUL), "bomb": BOMB, "tame": "VALUE = 3\n"}.items():
        (lib / name).mkdir(parents=True)
        (lib / name / "__init__.py").write_text(code)
    lock = Lock(requirements="tame==1.0", packages=(LockedPackage(name="tame", version="1.0"),))
    setup = Setup(environment=Environment(lock=lock, path=lib))
    async with validator.lease() as lease:
        outcome = await lease.validate(IMPORTS, setup, limits=LIMITS)
        bombed = await lease.validate("import bomb", setup, limits=replace(LIMITS, wall=2))
        after = await lease.validate("import json, ray, tame\ntame.VALUE", setup, limits=LIMITS)
    lines = outcome.stdout.splitlines()
    assert outcome.passed, outcome
    assert len(lines) == 2
    for found in map(ast.literal_eval, lines):
        assert all(re.fullmatch(r"\w*(?:Error|gaierror)", text) for text in found.values()), found
    assert {"network to 192.0.2.1:443", "name lookup of harm.example.com"} <= set(outcome.touched.refused)
    assert bombed.verdict in {Verdict.TIMED_OUT, Verdict.FAILED, Verdict.OUT_OF_MEMORY}, bombed
    assert (after.verdict, after.value) == (Verdict.PASSED, "3"), after
    assert host.untouched()
    assert CANARY not in repr((outcome, bombed))
    assert {path.name for path in lib.rglob("*.py")} == {"__init__.py"}


@pytest.mark.asyncio(loop_scope="module")
async def test_no_sandbox_sees_another(validator: Validator):
    async with validator.lease() as one, validator.lease() as other:
        hidden = asyncio.create_task(
            one.validate(f"open('/tmp/mine', 'w').write({CANARY!r})\nimport time\ntime.sleep(3)")
        )
        seen = await other.validate(
            "import os, glob\n"
            "print(glob.glob('/tmp/*'), [open(f'/proc/{p}/cmdline').read() for p in os.listdir('/proc') if p.isdigit()])\n"
            "print(os.path.exists('/tmp/mine'))"
        )
        await hidden
    assert seen.stdout.endswith("False\n")
    assert CANARY not in seen.stdout
