"""Process 1's end of the observer, which watches the network from outside (`services/validation/observer`).

From `hold_up_connections` on, every attempt of anything in here to connect or to send to an address waits for the
observer's response. The filter can't be taken off again, and what it holds up goes to the observer alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import platform
import socket
import struct
from collections.abc import Callable

_FILTER, _BEGIN, _END, _ENDED = b"filter", b"begin", b"end", "ended"
_LARGEST = 4096
_ANSWER_LIMIT = 60.0

_SECCOMP_SET_MODE_FILTER, _NEW_LISTENER = 1, 8
_LOAD, _EQUAL, _SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_NR, _ARCH = 0, 4
_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000
_MSG_FASTOPEN = 0x20000000
#: Of each architecture: its name for the kernel's audit, and the numbers of seccomp, connect, sendto, sendmsg, sendmmsg.
_ABIS = {
    "x86_64": (0xC000003E, 317, 42, 44, 46, 307),
    "aarch64": (0xC00000B7, 277, 203, 206, 211, 269),
}


class ObserverChannel:
    """Notifies the observer when attempts begin and end, and gets its notes."""

    def __init__(self, fd: int) -> None:
        os.set_inheritable(fd, False)
        self._socket = socket.socket(fileno=fd)
        self._socket.settimeout(_ANSWER_LIMIT)

    def fileno(self) -> int:
        return self._socket.fileno()

    def hold_up_connections(self) -> None:
        """Where the kernel allows no such filter, attempts are only counted."""
        with contextlib.suppress(OSError):
            listener = _filter()
            socket.send_fds(self._socket, [_FILTER], [listener])
            os.close(listener)

    def begin(self) -> None:
        """When this returns, all that comes is noted. Raises SystemExit like `hear`."""
        self._send(_BEGIN)
        self._receive()

    def end(self) -> None:
        self._send(_END)

    def await_end(self, pass_on: Callable[[bytes], None]) -> None:
        """All notes of the attempt have been passed on when this returns; raises SystemExit like `hear`."""
        while self.hear(pass_on):
            pass

    def hear(self, pass_on: Callable[[bytes], None]) -> bool:
        """Pass on the next note; False when it was the end of an attempt's.

        Raises SystemExit when the observer is gone.
        """
        note = self._receive()
        if json.loads(note)[0] == _ENDED:
            return False
        pass_on(note)
        return True

    def _receive(self) -> bytes:
        try:
            note = self._socket.recv(_LARGEST)
        except OSError:
            note = b""
        if not note:
            raise SystemExit("the observer of the network is gone")
        return note

    def _send(self, word: bytes) -> None:
        with contextlib.suppress(OSError):  # that it is gone shows when it is to be heard
            self._socket.send(word)


def _filter() -> int:
    """Install it for this process and all that it starts; the file descriptor that its calls are held up at."""
    number = _ABIS[platform.machine()][1]
    code = _program(platform.machine())
    steps = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("=HxxxxxxQ", len(code) // 8, ctypes.addressof(steps))
    libc = ctypes.CDLL(None, use_errno=True)
    listener = int(libc.syscall(number, _SECCOMP_SET_MODE_FILTER, _NEW_LISTENER, program))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return listener


def _program(machine: str) -> bytes:
    """Only what names a destination itself: what goes on a connection of long standing is not held up.

    A sendmsg that carries an address can't be distinguished from the many that don't; the kernel counts what then has no route.
    """
    arch, _, connect, sendto, sendmsg, sendmmsg = _ABIS[machine]
    steps = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 0, 12, arch),
        (_LOAD, 0, 0, _NR),
        (_EQUAL, 11, 0, connect),
        (_EQUAL, 10, 0, sendmmsg),
        (_EQUAL, 2, 0, sendto),
        (_EQUAL, 5, 0, sendmsg),
        (_RETURN, 0, 0, _ALLOW),
        # sendto: whether there is an address.
        (_LOAD, 0, 0, _argument(4)),
        (_EQUAL, 0, 5, 0),
        (_LOAD, 0, 0, _argument(4) + 4),
        (_EQUAL, 2, 3, 0),
        # sendmsg: whether it connects.
        (_LOAD, 0, 0, _argument(2)),
        (_SET, 1, 0, _MSG_FASTOPEN),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _NOTIFY),
    ]
    return b"".join(struct.pack("=HBBI", code, yes, no, value) for code, yes, no, value in steps)


def _argument(number: int) -> int:
    return 16 + 8 * number
