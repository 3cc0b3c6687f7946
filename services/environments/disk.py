"""Directories on disk: their size, their removal, and locks on them that end with the process."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path


def size_of(directory: Path) -> int:
    """Bytes that its files take, links counted once; what vanishes meanwhile is not counted."""
    seen: set[int] = set()
    total, todo = 0, [str(directory)]
    while todo:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
                        continue
                    found = entry.stat(follow_symlinks=False)
                    if found.st_nlink == 1 or found.st_ino not in seen:
                        total += found.st_blocks * 512
                        seen.add(found.st_ino)
        except OSError:
            continue
    return total


def remove(path: Path) -> None:
    """Remove a tree, also one that is read-only; what can't be removed stays."""

    def again(_function: Callable[..., object], name: str, _error: object) -> None:
        with contextlib.suppress(OSError):
            parent = Path(name).parent
            parent.chmod(0o700)
            if not Path(name).is_symlink():
                Path(name).chmod(0o700)
            if Path(name).is_dir() and not Path(name).is_symlink():
                shutil.rmtree(name, ignore_errors=True)
            else:
                Path(name).unlink()

    shutil.rmtree(path, onerror=again)


class Held:
    """A lock on a directory or file, as long as this object is there; the kernel takes it back when the process ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __del__(self) -> None:
        self.release()


def hold(path: Path, *, exclusive: bool = False) -> Held | None:
    """Lock what is at `path`; None where it is not there or somebody else has it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    held = Held(descriptor)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        # It may have been removed or replaced before it was locked.
        same = os.path.samestat(os.fstat(descriptor), os.stat(path))  # noqa: PTH116
    except OSError:
        same = False
    if not same:
        held.release()
        return None
    return held


def sync(directory: Path) -> None:
    """Have the file system of `directory` write what it holds in memory."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(descriptor) and ctypes.get_errno() != errno.ENOSYS:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    finally:
        os.close(descriptor)
