"""What a program can see and reach from within the embedded cluster."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from pathlib import Path

import pytest

from services.domain.values import Verdict
from services.execution.embedded import EmbeddedTarget
from services.execution.interface import Job, Progress
from services.execution.ports import Ports
from tests.integration.execution.conftest import CANARY, cluster_of, run
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="session")

SPY = """
import glob, os, pathlib, subprocess
import ray

def spy():
    seen = [repr(dict(os.environ))]
    for name in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline'):
        try:
            seen.append(pathlib.Path(name).read_bytes().decode(errors='replace'))
        except OSError:
            pass
    return ' '.join(seen)

ray.init(logging_level='ERROR')
print(spy())
print(ray.get(ray.remote(spy).remote()))
for top in {tops!r}:
    for folder, folders, names in os.walk(top):
        for name in names:
            print(folder, name)
            try:
                print(open(os.path.join(folder, name), errors='replace').read(100_000))
            except OSError:
                pass
print('looked')
"""


async def test_a_program_finds_none_of_the_bots_secrets(shared: EmbeddedTarget) -> None:
    root = shared._home.root
    tops = [str(root.parent), str(Path.home() / ".ssh"), str(Path.home() / ".env"), str(Path.cwd() / "bot")]
    text, outcome = await run(shared, "spy", SPY.format(tops=tops))
    assert outcome.verdict is Verdict.PASSED, outcome
    assert text.endswith("looked\n")
    assert "PATH" in text
    assert CANARY not in text
    assert str(root) not in text


async def test_only_the_clusters_own_directories_can_be_written(shared: EmbeddedTarget) -> None:
    tries = ["/x", "/usr/x", "/etc/x", "/dev/x", "/raygen/token", "/raygen/leases/x", "/raygen/guard.py"]
    code = f"""
import os, pathlib
for name in {tries!r} + [os.path.join(os.path.dirname(os.__file__), 'x')]:
    try:
        pathlib.Path(name).write_text('x')
        print('wrote', name)
    except OSError:
        print('refused')
for name in ('/tmp/x', os.path.expanduser('~/x'), 'outputs.txt'):
    pathlib.Path(name).write_text('x')
os.kill(1, 9)
os.kill(1, 19)
print(os.getuid(), len([p for p in os.listdir('/proc') if p.isdigit()]) < 60)
"""
    text, outcome = await run(shared, "writer", code)
    assert outcome.verdict is Verdict.PASSED, outcome
    assert text == "refused\n" * (len(tries) + 1) + "1000 True\n"


async def test_the_machine_has_two_ports_of_the_cluster_on_its_loopback_and_no_other(
    shared: EmbeddedTarget,
) -> None:
    cluster = cluster_of(shared._home.root)
    block = range(cluster.base, cluster.base + 11 + 400)
    listening = [(host, int(port, 16)) for host, _, port in _listening() if int(port, 16) in block]
    ports = Ports(cluster.base)
    assert set(listening) == {("0100007F", ports.dashboard), ("0100007F", ports.agent)}


REACH = """
import json, socket
import ray

def reach():
    found = []
    for family, address in [
        (socket.AF_INET, ('127.0.0.1', {port})),
        (socket.AF_INET6, ('::1', {port})),
        (socket.AF_INET6, ('::ffff:127.0.0.1', {port})),
        (socket.AF_UNIX, '\\0{name}'),
    ]:
        with socket.socket(family) as s:
            s.settimeout(5)
            try:
                s.connect(address)
                found.append(repr(address))
            except OSError:
                pass
    for address in ('169.254.169.254', '169.254.170.2', 'fd00:ec2::254', '100.100.100.200', 'fe80::1'):
        with socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, socket.SOCK_DGRAM) as s:
            try:
                s.connect((address, 80))
                found.append(address)
            except OSError:
                pass
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
        found.append('raw')
    except OSError:
        pass
    return found

ray.init(logging_level='ERROR')
print(json.dumps([reach(), ray.get(ray.remote(reach).remote())]))
"""


async def test_neither_driver_nor_worker_reaches_the_machines_loopback_or_metadata(
    shared: EmbeddedTarget,
) -> None:
    name = f"raygen-{secrets.token_hex(8)}"
    with (
        socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as host,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        unix.bind(f"\0{name}")
        unix.listen()
        port = host.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), socket.create_connection(("::1", port)):
            pass
        text, outcome = await run(shared, "reach", REACH.format(port=port, name=name))
    assert outcome.verdict is Verdict.PASSED, outcome
    assert json.loads(text) == [[], []]


async def test_task_states_are_told_by_name_while_the_run_goes_on(shared: EmbeddedTarget) -> None:
    code = """
import time
import ray
ray.init(logging_level='ERROR')

@ray.remote
def crunch(n):
    time.sleep(0.4)
    return n

print(sum(ray.get([crunch.remote(n) for n in range(12)])))
"""
    await shared.submit(Job("tasks", code))
    counts: list[tuple[str, str, int]] = []
    async with asyncio.timeout(PATIENCE):
        async for event in shared.follow("tasks"):
            if isinstance(event, Progress):
                counts += [(task.name, task.state, task.count) for task in event.tasks]
    assert any(name == "crunch" and state == "FINISHED" and count > 0 for name, state, count in counts)


async def test_a_driver_that_is_killed_is_told_as_that(shared: EmbeddedTarget) -> None:
    text, outcome = await run(
        shared, "killed", "import os\nprint('on', flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    assert text == "on\n"
    assert outcome.verdict is Verdict.KILLED
    assert outcome.exit_code in {-9, 137}
    assert outcome.detail
    assert "killed" in outcome.detail


def _listening() -> list[tuple[str, str, str]]:
    """Address, colon and port of every listening socket on the machine, in the kernel's hexadecimal."""
    return [
        line.split()[1].rpartition(":")
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for line in Path(table).read_text(encoding="utf-8").splitlines()[1:]
        if line.split()[3] == "0A"
    ]
