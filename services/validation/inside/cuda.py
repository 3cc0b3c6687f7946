"""Notices that somebody in the seal looks for the CUDA driver or for NVML, whatever it is written in.

The seal's loader looks first where files with the driver's names are, made for no processor that it loads for: it passes
them over as if they weren't there, and the kernel reports that they were opened.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct

PLACE = "/raygen/cuda"
NAMES = ("libcuda.so.1", "libcuda.so", "libnvidia-ml.so.1", "libnvidia-ml.so")
_FOREIGN = 22  # s390
_IN_OPEN, _IN_ISDIR = 0x20, 0x40000000
_EVENT = struct.Struct("=iIII")
_PIECE = 65536


def decoy() -> bytes:
    """The header of a 64-bit library that no loader here takes."""
    ident = b"\x7fELF" + bytes((2, 1, 1)) + bytes(9)
    return ident + struct.pack("<HHIQQQIHHHHHH", 3, _FOREIGN, 1, 0, 64, 0, 0, 64, 56, 0, 64, 0, 0)


class CudaWatch:
    """Without inotify it notices nothing; `fd` is then None."""

    def __init__(self) -> None:
        self.fd: int | None = None
        with contextlib.suppress(OSError):
            self.fd = _watched(PLACE)

    def noticed(self) -> bool:
        """Whether one of the files has been opened since the last call."""
        data = b""
        with contextlib.suppress(BlockingIOError):
            while self.fd is not None:
                data += os.read(self.fd, _PIECE)
        found, at = False, 0
        while at < len(data):
            _, mask, _, length = _EVENT.unpack_from(data, at)
            found = found or not mask & _IN_ISDIR
            at += _EVENT.size + length
        return found


def _watched(place: str) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    fd = int(libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
    if fd >= 0 and libc.inotify_add_watch(fd, place.encode(), _IN_OPEN) >= 0:
        return fd
    if fd >= 0:
        os.close(fd)
    raise OSError(ctypes.get_errno(), "inotify")
