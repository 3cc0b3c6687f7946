"""The process that clusters without packages and data are forked from: importing Ray is more than half of a start's CPU time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from services.domain.errors import SealUnavailable
from services.isolation import bubblewrap
from services.isolation.ending import end
from services.validation.cgroup import ControlGroup
from services.validation.seal import HOME, PACKAGE, Seal, Spaces

_LIMIT = 300.0
_GO = b"1"
_CREDENTIALS = struct.Struct("3i")
_COVERED = ("/tmp", HOME, "/dev/shm")  # noqa: S108  # the sandbox's own


class ForkedProcess:
    """All processes of a cluster, as `asyncio.subprocess.Process` shows one; `pid` is the parent of the first of them."""

    def __init__(
        self,
        pid: int,
        pidfd: int,
        inside: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        complaints: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        self.pid = pid
        self._pidfd = pidfd
        self.stdout, self.stdin = inside
        self.stderr, self._unused = complaints
        self._gone = False

    @property
    def returncode(self) -> int | None:
        """None as long as there is one of them."""
        if not self._gone and _is_readable(self._pidfd):
            self._gone = True
            os.close(self._pidfd)
        return -signal.SIGKILL if self._gone else None

    def kill(self) -> None:
        """End all of them."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGSTOP)  # it keeps its number from now on
                end(self.pid)

    async def wait(self) -> int | None:
        if self.returncode is None:
            await _readable(self._pidfd)
        return self.returncode

    def close(self) -> None:
        """Let go of the streams."""
        for writer in (self.stdin, self._unused):
            writer.close()


class Template:
    """Started at the first fork, ended by `close`; all of its forks end with it.

    It belongs to the thread that uses it: the kernel ends it with that.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._words: IO[bytes] | None = None
        self._files = ExitStack()
        self.users = 0

    async def fork(self, settings: str, spaces: Spaces, group: ControlGroup | None) -> ForkedProcess:
        """A process that starts a cluster with these settings, in `group` before it does anything.

        Raises SealUnavailable when there is none.
        """
        if self._process is None or self._process.poll() is not None:
            self._start()
        assert self._control is not None
        request = {**Seal(spaces).fork_request(), "settings": settings}
        with ExitStack() as ours, ExitStack() as theirs:
            pairs = [
                _pair(ours, theirs, socket.SOCK_SEQPACKET),
                *(_pair(ours, theirs, socket.SOCK_STREAM) for _ in range(2)),
            ]
            channel, inside, complaints = (own for own, _ in pairs)
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            other = [there.fileno() for _, there in pairs]
            try:
                # The second one twice: it is standard input and output.
                fds = [other[0], other[1], other[1], other[2]]
                socket.send_fds(self._control, [json.dumps(request).encode()], fds)
                theirs.close()
                pid, pidfd = await _placed(channel, group)
            except (OSError, TimeoutError) as error:
                raise SealUnavailable(self._why()) from error
            try:
                streams = [await asyncio.open_unix_connection(sock=sock) for sock in (inside, complaints)]
            except BaseException:
                end(pid)
                os.close(pidfd)
                raise
            ours.pop_all()
            channel.close()
        return ForkedProcess(pid, pidfd, streams[0], streams[1])

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            end(self._process.pid)
            self._process.wait()
        self._files.close()
        self._process = None

    def _start(self) -> None:
        self.close()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        self._files.callback(self._control.close)
        self._words = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        with theirs, Seal(Spaces()) as seal:
            words = (sys.executable, "-s", "-m", "inside.template", str(theirs.fileno()))
            self._process = subprocess.Popen(  # noqa: S603
                seal.template_command(*words, path=PACKAGE),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._words,
                env={},
                cwd="/",
                pass_fds=[theirs.fileno(), *seal.fds],
            )

    def _why(self) -> str:
        assert self._words is not None
        self._words.seek(0)
        lines = self._words.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
        said = f" It said: {lines[-1][:300]}" if lines else ""
        return f"A sealed Ray cluster could not be started.{said}"


def can_be_used() -> bool:
    """Whether no part of the interpreter is where forks get a memory file system of their own."""
    return not any(
        Path(root).is_relative_to(place) for root in bubblewrap.interpreter_roots() for place in _COVERED
    )


_shared = threading.local()


@contextmanager
def shared_template() -> Generator[Template]:
    """The template of this thread, which ends when nobody here uses it any more."""
    template: Template = _shared.__dict__.setdefault("template", Template())
    template.users += 1
    try:
        yield template
    finally:
        template.users -= 1
        if not template.users:
            template.close()


async def _placed(channel: socket.socket, group: ControlGroup | None) -> tuple[int, int]:
    """The process that was forked, in its group, and a descriptor of it. Raises OSError, TimeoutError."""
    async with asyncio.timeout(_LIMIT):
        await _readable(channel.fileno())
    said, ancillary, _, _ = channel.recvmsg(1, socket.CMSG_SPACE(_CREDENTIALS.size))
    if said != _GO or not ancillary:
        raise ConnectionError("the template is gone")
    pid = int(_CREDENTIALS.unpack(ancillary[0][2])[0])
    pidfd = os.pidfd_open(pid)
    try:
        if group:
            group.add(pid)
        channel.send(_GO)
    except BaseException:
        os.close(pidfd)
        raise
    return pid, pidfd


def _pair(ours: ExitStack, theirs: ExitStack, kind: socket.SocketKind) -> tuple[socket.socket, socket.socket]:
    own, other = socket.socketpair(socket.AF_UNIX, kind)
    return ours.enter_context(own), theirs.enter_context(other)


async def _readable(fd: int) -> None:
    loop = asyncio.get_running_loop()
    there = asyncio.Event()
    loop.add_reader(fd, there.set)
    try:
        await there.wait()
    finally:
        loop.remove_reader(fd)


def _is_readable(fd: int) -> bool:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(0))
