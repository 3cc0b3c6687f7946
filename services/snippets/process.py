"""A sealed process that is asked once and answers once.

Not one of asyncio's: in Python 3.11 the start of such a process never returns when it is cancelled, `wait` waits for
the pipes as well as for the process, and `kill` may take the status from the thread that waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from collections.abc import Sequence

from services.isolation.ending import end

_PIECE = 65_536


class Process:
    """It has started when this has been made; its creator calls `close`.

    `request` is its standard input, and `room` is how many bytes of its answer are read. Raises OSError when it can't
    be started.
    """

    def __init__(self, command: Sequence[str], fds: Sequence[int], request: bytes, room: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._output, self._room = bytearray(), room
        self._answered, self._exited = asyncio.Event(), asyncio.Event()
        self._popen = _started(command, fds, request)
        assert self._popen.stdout is not None
        self._stdout = self._popen.stdout
        os.set_blocking(self._stdout.fileno(), False)
        self._handle = _handle(self._popen)
        self._loop.add_reader(self._stdout.fileno(), self._read)
        self._loop.add_reader(self._handle, self._reap)

    @property
    def pid(self) -> int:
        return self._popen.pid

    async def answer(self) -> bytes:
        """What it said before its end, as far as there is room."""
        await self._answered.wait()
        return bytes(self._output)

    async def close(self, grace: float) -> None:
        """Leave nothing of it, once it has had `grace` seconds to end by itself. None are left on cancellation."""
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(grace):
                    await self._exited.wait()
        finally:
            self._loop.remove_reader(self._stdout.fileno())
            self._stdout.close()
            if not self._exited.is_set():
                end(self._popen.pid)
        await self._exited.wait()

    def _read(self) -> None:
        try:
            piece = os.read(self._stdout.fileno(), _PIECE)
        except BlockingIOError:
            return
        self._output += piece
        if not piece or len(self._output) >= self._room:
            self._loop.remove_reader(self._stdout.fileno())
            self._answered.set()

    def _reap(self) -> None:
        """Called by the loop once it has ended, whether or not anything waits for that."""
        self._loop.remove_reader(self._handle)
        os.close(self._handle)
        self._popen.wait()
        self._exited.set()


def _handle(popen: subprocess.Popen[bytes]) -> int:
    try:
        return os.pidfd_open(popen.pid)
    except OSError:  # too many open files
        end(popen.pid)
        popen.communicate()
        raise


def _started(command: Sequence[str], fds: Sequence[int], request: bytes) -> subprocess.Popen[bytes]:
    stdin = os.memfd_create("request", os.MFD_CLOEXEC)
    try:
        with open(stdin, "wb", closefd=False) as file:
            file.write(request)
        os.lseek(stdin, 0, os.SEEK_SET)
        return subprocess.Popen(  # noqa: S603  # our own command
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            pass_fds=fds,
        )
    finally:
        os.close(stdin)
