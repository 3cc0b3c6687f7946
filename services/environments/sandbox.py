"""The sandbox that packages are resolved and installed in: the interpreter, one directory, and the proxy for the way out."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import uv

from services.environments import proxy
from services.environments.disk import size_of
from services.environments.proxy import IndexProxy, Traffic
from services.isolation import bubblewrap, seccomp
from services.isolation.ending import end

WORK = "/raygen/work"
UV = "/raygen/uv"
_INSIDE, _SOCKET = "/raygen/inside.py", "/raygen/proxy.sock"
_UID = "1000"
_ETC = {
    "/etc/passwd": f"build:x:{_UID}:{_UID}::{WORK}:/bin/false\n",
    "/etc/group": f"build:x:{_UID}:\n",
    "/etc/hosts": "127.0.0.1 localhost\n",
}
_OUTPUT = 256 * 1024
_OFTEN = 0.5


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a job."""

    status: int
    """The exit status, or 124 where the time was up."""
    output: str
    """What it said, at most 256 KiB."""
    full: bool = False
    """It was stopped because it wrote too much."""


TIME_IS_UP = 124


async def run(
    commands: Sequence[Sequence[str]],
    *,
    work: Path,
    index: IndexProxy,
    traffic: Traffic,
    wall: float,
    room: int,
    watch: Callable[[], None] = lambda: None,
) -> Ran:
    """Run `commands` with `work` as place that they can write to, at most `room` bytes.

    `watch` is called again and again meanwhile. Raises OSError where bubblewrap can't be started, and SealUnavailable.
    """
    with tempfile.TemporaryDirectory(prefix="raygen-") as own:
        socket = Path(own) / "proxy.sock"
        async with index.serving(socket, traffic):
            with _command(commands, work, socket, room) as (command, fds):
                process = await asyncio.to_thread(_started, command, fds)
            assert process.stdout is not None
            reading = asyncio.create_task(asyncio.to_thread(_read, process.stdout))
            status, full = TIME_IS_UP, False
            try:
                async with asyncio.timeout(wall):
                    while not reading.done():
                        await asyncio.wait({reading}, timeout=_OFTEN)
                        watch()
                        if await asyncio.to_thread(size_of, work) > room:
                            full = True
                            break
                    else:
                        status = await asyncio.to_thread(process.wait)
            except TimeoutError:
                pass
            finally:
                if process.poll() is None:
                    end(process.pid)
                    process.wait()
                output = await reading
            return Ran(status, output.decode("utf-8", "replace"), full)


def _started(command: Sequence[str], fds: Sequence[int]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  # our own command
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={},
        cwd="/",
        pass_fds=fds,
    )


def _read(stream: IO[bytes]) -> bytes:
    """The beginning of what is said; the rest is read, too, or its writer would wait."""
    found = bytearray()
    with stream:
        while piece := os.read(stream.fileno(), 65536):
            found += piece[: max(0, _OUTPUT - len(found))]
    return bytes(found)


@contextmanager
def _command(
    commands: Sequence[Sequence[str]], work: Path, socket: Path, room: int
) -> Generator[tuple[list[str], list[int]]]:
    asked = {
        "port": proxy.PORT,
        "socket": _SOCKET,
        "commands": commands,
        "limits": {"RLIMIT_FSIZE": room, "RLIMIT_CORE": 0, "RLIMIT_AS": 16 * 1024**3, "RLIMIT_NPROC": 512},
        "nice": 5,
    }
    with ExitStack() as files:
        fds: list[int] = []

        def data(content: bytes) -> str:
            fd = os.memfd_create("raygen", os.MFD_CLOEXEC)
            files.callback(os.close, fd)
            os.write(fd, content)
            os.lseek(fd, 0, os.SEEK_SET)
            fds.append(fd)
            return str(fd)

        command = [
            *("bwrap", "--unshare-all", "--unshare-user", "--disable-userns", "--new-session"),
            *("--die-with-parent", "--cap-drop", "ALL", "--uid", _UID, "--gid", _UID, "--hostname", "build"),
            *("--size", str(64 * 1024**2), "--tmpfs", "/tmp"),  # noqa: S108  # a private one
            *bubblewrap.programs(),
            *(word for path, text in _ETC.items() for word in ("--file", data(text.encode()), path)),
            *("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
            *("--ro-bind-try", "/etc/alternatives", "/etc/alternatives"),
            *("--ro-bind", uv.find_uv_bin(), UV),
            *("--ro-bind", str(Path(__file__).with_name("inside.py")), _INSIDE),
            *("--ro-bind", str(socket), _SOCKET),
            *("--bind", str(work), WORK),
            *("--proc", "/proc", *bubblewrap.kernel_settings(), "--dev", "/dev"),
            *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", WORK),
            *("--seccomp", data(seccomp.program())),
            *_environment(),
            *("--", sys.executable, "-I", "-S", _INSIDE, json.dumps(asked)),
        ]
        yield command, fds


def _environment() -> Iterator[str]:
    variables = {
        "HOME": f"{WORK}/home",
        "TMPDIR": f"{WORK}/tmp",  # noqa: S108  # its own
        "LANG": "C.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "NO_COLOR": "1",
        "UV_CACHE_DIR": f"{WORK}/cache",
        "UV_NO_CONFIG": "1",
        "UV_NO_PROGRESS": "1",
        "UV_HTTP_RETRIES": "0",
        "UV_HTTP_TIMEOUT": "120",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_CONCURRENT_DOWNLOADS": "8",
        "UV_COMPILE_BYTECODE_TIMEOUT": "0",
    }
    yield "--clearenv"
    for name, value in variables.items():
        yield from ("--setenv", name, value)
