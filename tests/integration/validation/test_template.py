"""Clusters that are forked from one template: sealed like any other, and as separate as any others."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from services.domain.values import Verdict
from services.isolation.processes import children
from services.validation import readings
from services.validation.interface import ValidationLimits
from services.validation.pool import PoolSettings, SealedPool
from services.validation.sandbox import ClusterSettings, Sandbox
from services.validation.template import Template
from services.validation.verdict import conclude
from tests.integration.validation.test_leftovers import gone
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")
LIMITS = ValidationLimits(wall=30)
SETTINGS = ClusterSettings(workers=1)

SEAL = """
import ctypes, json, os, re

def read(path):
    try:
        return open(path).read()
    except OSError as error:
        return str(error)

def opened(path):
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT))
        return True
    except OSError:
        return False

def listed(path):
    return sorted((each, oct(os.lstat(f"{path}/{each}").st_mode), os.lstat(f"{path}/{each}").st_uid) for each in os.listdir(path))

kept = re.compile("^(Uid|Gid|Groups|Cap.*|NoNewPrivs|Seccomp.*|Sig[BI].*):")
places = ("/tmp", "/home/ray", "/dev", "/dev/pts", "/dev/shm", "/raygen", "/raygen/own", "/raygen/cuda", "/etc", "/", "/usr")
tops = {}  # the file system that is seen at a place is the last one that was mounted there
for line in read("/proc/self/mountinfo").splitlines():
    fields, _, rest = line.partition(" - ")
    tops[fields.split()[4]] = sorted({*fields.split()[5].split(","), *rest.split()[2].split(",")} & {"ro", "nosuid", "nodev"})
libc = ctypes.CDLL(None, use_errno=True)
print(json.dumps({
    "status": {pid: [line for line in read(f"/proc/{pid}/status").splitlines() if kept.match(line)] for pid in (1, 2, 3, "self")},
    "maps": {pid: [read(f"/proc/{pid}/{name}") for name in ("uid_map", "gid_map", "setgroups", "cgroup", "limits", "oom_score_adj")] for pid in (2, "self")},
    "closed": {name: read(f"/proc/1/{name}") for name in ("mem", "maps", "environ")},
    "written": {path: opened(path + "/x") for path in places},
    "settings": [opened(path) for path in ("/proc/sys/kernel/hostname", "/proc/sys/user/max_user_namespaces", "/proc/sysrq-trigger", "/etc/hosts", "/raygen/cuda/libcuda.so")],
    "listed": {path: listed(path) for path in places if path not in ("/tmp", "/usr")},
    "mounts": {path: tops[path] for path in tops if not path.startswith("/proc/")},
    "namespaces": [libc.unshare(kind) for kind in (0x10000000, 0x20000, 0x20000000, 0x40000000)],
    "limit": read("/proc/sys/user/max_user_namespaces"),
    "environment": {pid: sorted(word for word in read(f"/proc/{pid}/environ").split(chr(0)) if word) for pid in (2, 3)},
    "own": sorted(os.environ),
    "names": sorted(read(f"/proc/{pid}/comm") for pid in os.listdir("/proc") if pid.isdigit()),
    "interfaces": read("/proc/net/dev").splitlines()[2:].__len__(),
    "room": [os.statvfs(path).f_blocks * os.statvfs(path).f_frsize for path in ("/tmp", "/home/ray", "/dev/shm")],
}))
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def template() -> AsyncGenerator[Template]:
    made = Template()
    yield made
    made.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def forked(template: Template) -> AsyncGenerator[tuple[Sandbox, Sandbox]]:
    both = await asyncio.gather(*(Sandbox.start(SETTINGS, template=template) for _ in range(2)))
    yield both[0], both[1]
    await asyncio.gather(*(each.close() for each in both))


async def printed(sandbox: Sandbox, code: str) -> str:
    record = await sandbox.run(code, LIMITS)
    assert record.status == 0, record
    return record.stdout.decode()


def seal(text: str) -> dict[str, Any]:
    """What is seen from inside, without what differs between any two clusters."""
    found = json.loads(re.sub(r"ray-head-\w+|session_[\w-]+", "…", text))
    found["names"] = sorted(set(found["names"]))
    for path in ("/etc/hosts", "/raygen/cuda"):
        assert found["mounts"].pop(path, ["nodev", "nosuid", "ro"]) == ["nodev", "nosuid", "ro"]
    return found


async def test_a_fork_is_sealed_as_what_bubblewrap_starts(forked: tuple[Sandbox, Sandbox]):
    direct = await Sandbox.start(SETTINGS)
    try:
        expected = seal(await printed(direct, SEAL))
    finally:
        await direct.close()
    assert seal(await printed(forked[0], SEAL)) == expected
    assert expected["namespaces"] == [-1] * 4
    assert [path for path, written in expected["written"].items() if written] == [
        "/tmp",
        "/home/ray",
        "/dev/shm",
    ]


APART = """
import os, random, socket, uuid
import numpy as np, ray
for place in ("/tmp", "/home/ray", "/dev/shm"):
    print(place, sorted(each for each in os.listdir(place) if each.startswith("mine")))
    open(f"{place}/mine", "w").close()
print(*os.listdir("/dev/pts"))
pty = os.openpty()
print(socket.gethostname(), np.random.rand(), random.random(), uuid.uuid1(), ray.get_runtime_context().get_node_id(), os.path.realpath("/tmp/ray/session_latest"),
      *(os.readlink(f"/proc/self/ns/{kind}") for kind in ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")))
open("/dev/shm/stays", "w").close()
if len(os.listdir("/tmp")):
    try:
        open("/raygen/cuda/libcuda.so").close()
    except OSError:
        pass
"""


async def test_forks_share_nothing_that_can_be_written_watched_or_guessed(
    forked: tuple[Sandbox, Sandbox],
):
    one, other = forked
    slow = asyncio.create_task(other.run("import time\ntime.sleep(1.5)", LIMITS))
    first = await one.run(APART, LIMITS)
    assert first.cuda
    assert not (await slow).cuda, "what one looks for shows in no other"
    second = await other.run(APART, LIMITS)
    lines = [record.stdout.decode().splitlines() for record in (first, second)]
    assert lines[0][:4] == lines[1][:4] == ["/tmp []", "/home/ray []", "/dev/shm []", "ptmx"]
    assert not set(lines[0][4].split()) & set(lines[1][4].split())


async def test_a_fork_is_ended_whole_and_the_others_live_on(
    template: Template, forked: tuple[Sandbox, Sandbox]
):
    third = await Sandbox.start(SETTINGS, template=template)
    members = third.pids
    assert len(members) > 5
    limits = ValidationLimits(wall=30, memory=400 * 1024**2)
    record = await third.run("x = bytearray(10**9)\nfor i in range(0, 10**9, 4096): x[i] = 1", limits)
    assert conclude(record, limits).verdict is Verdict.OUT_OF_MEMORY
    await third.close()
    await gone(members)
    assert await printed(forked[0], "print(1)") == "1\n"


@pytest.mark.usefixtures("forked")
async def test_a_start_that_is_cancelled_leaves_no_fork(template: Template):
    parent = _template()
    before = set(children(parent))
    for delay in (0.0, 0.01, 0.1):
        starting = asyncio.create_task(Sandbox.start(SETTINGS, template=template))
        await asyncio.sleep(delay)
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
    async with asyncio.timeout(PATIENCE):
        while set(children(parent)) != before:
            await asyncio.sleep(0.05)


async def test_a_pool_whose_template_is_killed_goes_on_with_another():
    async with SealedPool(PoolSettings(size=1, warm=0, cluster=SETTINGS, limits=LIMITS)) as pool:
        async with pool.lease() as lease:
            assert (await lease.validate("1 + 1")).value == "2"
            os.kill(_template(), signal.SIGKILL)
        async with pool.lease() as lease:
            assert (await lease.validate("1 + 2")).value == "3"


def _template() -> int:
    """The newest; its forks look like it."""
    alike = [pid for pid in readings.tree(os.getpid()) if _command(pid)[2:4] == ["-m", "inside.template"]]
    forks = {fork for pid in alike for fork in children(pid)}
    return next(pid for pid in reversed(alike) if pid not in forks)


def _command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")
    except OSError:
        return []
