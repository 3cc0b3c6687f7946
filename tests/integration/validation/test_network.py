"""Whatever a program is written in, and whatever it makes of the failure: where it wanted to go is in the evidence."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from services.domain.values import Outcome, Verdict
from services.validation.interface import ValidationLease, ValidationLimits
from services.validation.observer import launch
from services.validation.observer.notes import LISTED
from services.validation.pool import PoolSettings, open_validator
from services.validation.sandbox import ClusterSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")
LIMITS = ValidationLimits(wall=30)

C = """
import ctypes, socket, struct, subprocess, os, sys
c = ctypes.CDLL(None, use_errno=True)

def address(host, port, family=socket.AF_INET):
    if family == socket.AF_INET6:
        return struct.pack("=H", family) + struct.pack("!HI16sI", port, 0, socket.inet_pton(family, host), 0)
    return struct.pack("=H", family) + struct.pack("!H4s8x", port, socket.inet_aton(host))

def lookup(name):
    found = ctypes.c_void_p()
    return c.getaddrinfo(name.encode(), None, None, ctypes.byref(found))

def connect(kind, host, port, family=socket.AF_INET):
    fd = c.socket(family, kind, 0)
    where = address(host, port, family)
    return fd, c.connect(fd, where, len(where)), os.strerror(ctypes.get_errno())

def question(*labels):
    name = b"".join(bytes([len(label)]) + label for label in labels) + bytes(1)
    return struct.pack("!6H", 7, 256, 1, 0, 0, 0) + name + struct.pack("!HH", 1, 1)
"""


@dataclass(frozen=True)
class Case:
    """A program, what is refused to it, and what it must print."""

    code: str
    refused: str
    printed: str = ""

    @property
    def host(self) -> str:
        return self.refused.removeprefix("name lookup of ").removeprefix("network to ")


CASES = {
    "lookup in C": Case(f"{C}print(lookup('c.example.com'))", "name lookup of c.example.com", f"{-2}\n"),
    "connection in C": Case(
        f"{C}print(*connect(1, '169.254.169.254', 80)[1:])",
        "network to 169.254.169.254:80",
        "-1 Network is unreachable\n",
    ),
    "connection in C over IPv6": Case(
        f"{C}print(*connect(1, '2001:db8::7', 443, socket.AF_INET6)[1:])",
        "network to [2001:db8::7]:443",
        "-1 Network is unreachable\n",
    ),
    "mapped address": Case(
        f"{C}print(*connect(1, '::ffff:203.0.113.4', 443, socket.AF_INET6)[1:])",
        "network to 203.0.113.4:443",
        "-1 Network is unreachable\n",
    ),
    "own name server": Case(
        f"{C}fd = connect(2, '8.8.8.8', 53)[0]\nprint(c.send(fd, question(b'a', b'b'), 21, 0))",
        "network to 8.8.8.8:53",
        "-1\n",
    ),
    "datagram in C": Case(
        f"{C}to = address('203.0.113.5', 123)\nprint(c.sendto(c.socket(2, 2, 0), b'x', 1, 0, to, len(to)))",
        "network to 203.0.113.5:123",
        "-1\n",
    ),
    "datagram in Python": Case(
        "import socket\ntry:\n    socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('203.0.113.6', 9))\n"
        "except OSError as error:\n    print(error)",
        "network to 203.0.113.6:9",
        "[Errno 101] Network is unreachable\n",
    ),
    "subprocess that asks": Case(
        "import subprocess\nprint(subprocess.run(['getent', 'hosts', 'getent.example.com']).returncode)",
        "name lookup of getent.example.com",
        "2\n",
    ),
    "subprocess that connects": Case(
        "import subprocess\n"
        "subprocess.run(['bash', '-c', 'echo > /dev/tcp/203.0.113.9/443'], stderr=subprocess.DEVNULL)",
        "network to 203.0.113.9:443",
    ),
    "asyncio": Case(
        "import asyncio\ntry:\n    asyncio.run(asyncio.open_connection('asyncio.example.com', 443))\n"
        "except OSError as error:\n    print(error)",
        "name lookup of asyncio.example.com",
        "[Errno -2] Name or service not known\n",
    ),
    "worker": Case(
        f"import ray\n@ray.remote\ndef task():\n    exec({C!r}, globals())\n    return lookup('task.example.com')\n"
        "print(ray.get(task.remote()))",
        "name lookup of task.example.com",
        "-2\n",
    ),
    "worker with an environment of its own": Case(
        "import ray\n@ray.remote(runtime_env={'env_vars': {'A': 'b'}})\ndef task():\n"
        "    import subprocess\n    return subprocess.run(['getent', 'hosts', 'env.example.com']).returncode\n"
        "print(ray.get(task.remote()))",
        "name lookup of env.example.com",
        "2\n",
    ),
    "S3 in C++": Case(
        "from pyarrow import fs\ntry:\n"
        "    fs.S3FileSystem(region='eu-west-1', anonymous=True, retry_strategy=fs.AwsStandardS3RetryStrategy(1))"
        ".get_file_info('bucket/key')\n"
        "except OSError as error:\n    print('resolve' in str(error))",
        "name lookup of bucket.s3.eu-west-1.amazonaws.com",
        "True\n",
    ),
    "gRPC in C++": Case(
        "import grpc\ntry:\n    grpc.insecure_channel('grpc.example.com:443').unary_unary('/a/b')(b'', timeout=5)\n"
        "except grpc.RpcError as error:\n    print(error.code().name)",
        "name lookup of grpc.example.com",
        "UNAVAILABLE\n",
    ),
    "question over TCP": Case(
        f"{C}s = socket.create_connection(('127.0.0.1', 53))\nasked = question(b'tcp', b'example', b'com')\n"
        "s.sendall(struct.pack('!H', len(asked)) + asked)\nprint(s.recv(100)[5] & 15)",
        "name lookup of tcp.example.com",
        "3\n",
    ),
    "hostile label": Case(
        f"{C}s = socket.socket(type=socket.SOCK_DGRAM)\ns.connect(('127.0.0.1', 53))\n"
        "s.send(question(b'a b\\n.\\\\\\xff*x*', b'com'))\nprint(s.recv(100)[3] & 15)",
        r"name lookup of a\032b\010\.\\\255*x*.com",
        "3\n",
    ),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lease() -> AsyncGenerator[ValidationLease]:
    """One for all: what one attempt wanted is in no other's evidence."""
    settings = PoolSettings(limits=LIMITS, cluster=ClusterSettings(workers=1))
    async with open_validator(settings) as opened, opened.lease() as leased:
        yield leased


def wanted(outcome: Outcome) -> list[str]:
    return [name for name in outcome.touched.refused if not name.startswith("writing")]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_an_attempt_is_seen_and_fails_as_without_a_network(case: Case, lease: ValidationLease):
    outcome = await lease.validate(case.code)
    assert outcome.verdict is Verdict.PASSED, outcome
    assert outcome.stdout == case.printed, outcome
    assert wanted(outcome) == [case.refused], outcome
    assert case.host in outcome.touched.hosts


async def test_made_up_data_does_not_hide_what_it_stands_in_for(lease: ValidationLease):
    outcome = await lease.validate(
        "import pyarrow.parquet as pq, random\n"
        "try:\n    rows = pq.read_table('s3://sales/2026.parquet').num_rows\n"
        "except Exception:\n    rows = random.randrange(1000)\n"
        "print('Rows:', rows)"
    )
    assert outcome.passed
    assert [name for name in wanted(outcome) if "sales.s3" in name], outcome
    assert any("sales.s3" in name for name in outcome.touched.hosts)


async def test_an_address_that_the_observer_is_not_shown_is_counted(lease: ValidationLease):
    outcome = await lease.validate(
        f"{C}to = ctypes.create_string_buffer(address('203.0.113.5', 123), 16)\n"
        "data = ctypes.create_string_buffer(b'x', 1)\n"
        "iov = ctypes.create_string_buffer(struct.pack('=QQ', ctypes.addressof(data), 1), 16)\n"
        "message = struct.pack('=QI4xQQQQI4x', ctypes.addressof(to), 16, ctypes.addressof(iov), 1, 0, 0, 0)\n"
        "print(c.sendmsg(c.socket(2, 2, 0), message, 0))"
    )
    assert (outcome.verdict, outcome.stdout) == (Verdict.PASSED, "-1\n")
    assert wanted(outcome) == ["network to an address that could not be read"]
    assert "hosts" in outcome.unknown


async def test_such_an_address_is_named_beside_it_where_python_knows(lease: ValidationLease):
    outcome = await lease.validate(
        "import socket\ntry:\n    socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('203.0.113.6', 8))\n"
        "except OSError as error:\n    print(error)"
    )
    assert outcome.stdout == "[Errno 101] Network is unreachable\n"
    assert wanted(outcome) == [
        "network to an address that could not be read",
        "network to 203.0.113.6:8",
    ]


async def test_a_flood_of_names_is_bounded_and_counted(lease: ValidationLease):
    count = 3000
    outcome = await lease.validate(
        f"{C}s = socket.socket(type=socket.SOCK_DGRAM)\ns.connect(('127.0.0.1', 53))\n"
        f"for n in range({count}):\n    s.send(question(b'n%d' % n, b'com'))\n    s.recv(100)"
    )
    assert len(wanted(outcome)) == LISTED
    assert outcome.touched.more == {"hosts": count - LISTED, "refused": count - LISTED}
    assert (await lease.validate("print(1)")).touched.more == {}


async def test_what_an_attempt_leaves_behind_is_not_the_next_ones(lease: ValidationLease):
    outcome = await lease.validate(
        f"{C}if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    while True:\n        lookup('behind.example.com')\n"
        "import time\ntime.sleep(0.3)\nos._exit(0)"
    )
    after = await lease.validate("import time\ntime.sleep(0.3)")
    assert "name lookup of behind.example.com" in outcome.touched.refused, "facts are not needed for it"
    assert (after.verdict, wanted(after)) == (Verdict.PASSED, [])


async def test_a_program_that_is_stopped_has_its_notes(lease: ValidationLease):
    code = f"{C}lookup('slow.example.com')\nimport time\ntime.sleep(100)"
    outcome = await lease.validate(code, limits=ValidationLimits(wall=2))
    assert (outcome.verdict, wanted(outcome)) == (Verdict.TIMED_OUT, ["name lookup of slow.example.com"])


async def test_the_observer_is_out_of_a_programs_reach(lease: ValidationLease):
    """It is in none of the lists of processes, and what a program kills or closes does not stop it."""
    outcome = await lease.validate(
        f"{C}import signal\n"
        "commands = [open(f'/proc/{p}/cmdline').read() for p in os.listdir('/proc') if p.isdigit()]\n"
        "print(any('observer' in command for command in commands))\n"
        "try:\n    socket.socket(type=socket.SOCK_DGRAM).bind(('127.0.0.1', 53))\n"
        "except OSError as error:\n    print(error.strerror)\n"
        "if os.fork() == 0:\n    os.setsid()\n    os.closerange(3, 1000)\n    lookup('late.example.com')\n    os._exit(0)\n"
        "os.wait()"
    )
    assert outcome.stdout == "False\nPermission denied\n"
    assert wanted(outcome) == ["name lookup of late.example.com"]


UNFILTERED = """
import socket, sys
sys.path.append(sys.argv[1])
from services.validation.inside.observer import ObserverChannel
observer = ObserverChannel(int(sys.argv[-1]))
observer.begin()
for address in ("203.0.113.1", "2001:db8::1"):
    try:
        socket.create_connection((address, 443))
    except OSError as error:
        print(error, flush=True)
observer.end()
observer.await_end(lambda note: print(note.decode(), flush=True))
"""


async def test_where_the_kernel_has_no_such_filter_attempts_are_counted():
    source = str(Path(__file__).parents[3])
    command = launch.wrapped([sys.executable, "-I", "-S", "-c", UNFILTERED, source])
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(LIMITS.wall):
        output, _ = await process.communicate()
    unreachable = "[Errno 101] Network is unreachable\n"
    assert output.decode() == 2 * unreachable + '["unread", 2]\n'
