"""What one run can do to another on the embedded cluster: from its driver and from a worker of its own."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from services.domain.values import Verdict
from services.execution.embedded import EmbeddedTarget
from services.execution.interface import Event, Finished, Job, Output
from tests.integration.execution.conftest import run
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="session")

VICTIM = """
import os, pathlib, time
import ray

SECRET = '{secret}'
NAMES = ('mine.txt', 'outputs/mine.txt', '/tmp/mine.txt', os.path.expanduser('~/mine.txt'))

@ray.remote
class Keeper:
    def __init__(self):
        os.environ['SECRET'] = SECRET

    def all_there(self):
        return all(pathlib.Path(name).read_text() == SECRET for name in NAMES)

os.environ['SECRET'] = SECRET
for name in NAMES:
    pathlib.Path(name).parent.mkdir(exist_ok=True)
    pathlib.Path(name).write_text(SECRET)
ray.init(logging_level='ERROR')
keeper = Keeper.remote()
print('there', ray.get(keeper.all_there.remote()), SECRET, flush=True)
while True:
    print('still', ray.get(keeper.all_there.remote()), flush=True)
    time.sleep(0.1)
"""

ATTACKER = """
import ctypes, json, os
import ray

SECRET = '{reversed}'[::-1].encode()  # so that it is not in this program's own files
TOPS = ('/ray', '/tmp', '/home', '/raygen/claims', '/dev/shm')
PARTS = ('environ', 'mem', 'maps', 'cwd/mine.txt', 'root/tmp/mine.txt', 'fd/1', 'map_files')

def holds(path):
    try:
        with open(path, 'rb') as file:
            return SECRET in file.read(1_000_000)
    except (OSError, ValueError):
        return False

def opened(path, how):
    try:
        os.close(os.open(path, how))
        return True
    except OSError:
        return False

def heard(pid):
    try:
        os.kill(pid, 0)
        return True
    except OSError:
        return False

def attack():
    libc = ctypes.CDLL(None)
    found = [os.path.join(folder, name) for top in TOPS for folder, _, names in os.walk(top) for name in names]
    others = [name for name in os.listdir('/proc') if name.isdigit()]
    peeked = [f'/proc/{{pid}}/{{part}}' for pid in others for part in PARTS]
    return dict(
        files=len(found),
        processes=len(others),
        read=[path for path in found + peeked if os.path.exists(path) and holds(path)],
        traced=[pid for pid in others if libc.ptrace(16, int(pid), 0, 0) == 0],
        heard=[pid for pid in range(2, 5000) if heard(pid)],
        kernel=[path for path in ('/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger') if opened(path, os.O_WRONLY)],
        namespace=libc.unshare(0x10000000) == 0,
        threads=len(os.listdir('/proc/self/task')),
    )

ray.init(logging_level='ERROR')
print(json.dumps([attack(), ray.get(ray.remote(attack).remote())]), flush=True)
"""


KILLER = """
import os
import ray

def kill():
    for pid in range(2, 5000):
        if pid not in (os.getpid(), os.getppid()):
            try:
                os.kill(pid, 9)
            except OSError:
                pass
    os.kill(-1, 9)

ray.init(logging_level='ERROR')
try:
    ray.get(ray.remote(max_retries=0)(kill).remote())
except Exception as error:
    print(type(error).__name__, flush=True)
kill()
"""


async def test_a_run_neither_reads_nor_signals_another(shared: EmbeddedTarget) -> None:
    secret = secrets.token_hex(16)
    await shared.submit(Job("victim", VICTIM.format(secret=secret)))
    async with aclosing(shared.follow("victim")) as events:
        assert (await _heard(events, secret)).startswith(
            "there True"
        )  # its driver and its worker share its files
        text, outcome = await run(shared, "attacker", ATTACKER.format(reversed=secret[::-1]))
        assert outcome.verdict is Verdict.PASSED, outcome
        for found in json.loads(text):
            assert found["files"] > 3
            assert found["read"] == found["traced"] == found["kernel"] == []
            assert found["namespace"] is False
        worker = json.loads(text)[1]
        assert len(worker["heard"]) <= worker["threads"]  # all of them its own
        text, outcome = await run(shared, "killer", KILLER)
        assert "WorkerCrashedError" in text
        assert not outcome.passed
        await _heard(events, "still True\n", times=3)
        assert await shared.stop("victim")
        async with asyncio.timeout(PATIENCE):
            last = [event async for event in events][-1]
    assert isinstance(last, Finished)
    assert last.outcome.verdict is Verdict.STOPPED


async def _heard(events: AsyncGenerator[Event], word: str, *, times: int = 1) -> str:
    """What a run says from now on, up to the word."""
    said = ""
    async with asyncio.timeout(PATIENCE):
        async for event in events:
            said += event.text if isinstance(event, Output) else ""
            if said.count(word) >= times:
                return said
    raise AssertionError(said)
