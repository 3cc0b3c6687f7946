"""Starts a command in namespaces that others can be made in: its /proc is its own, and nothing covers a part of it.

The kernel mounts a /proc in a namespace only where the one that is seen there is whole, and bubblewrap covers parts of it.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import NoReturn

from services.validation.observer.launch import CLONE_NEWNET, end_with_parent, enter_new_namespaces

_CLONE_NEWNS, _CLONE_NEWPID = 0x20000, 0x20000000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 2, 4, 8
_libc = ctypes.CDLL(None, use_errno=True)


def wrapped(command: list[str]) -> list[str]:
    """The command line that does it; all ends with the process that it starts."""
    source = str(Path(__file__).parents[2])
    start = f"import sys; sys.path.append({source!r}); from {__name__} import main; main(sys.argv[1:])"
    return [sys.executable, "-I", "-S", "-B", "-c", start, *command]


def main(command: list[str]) -> NoReturn:
    """Waits for the command, which is the first process of its namespace."""
    try:
        end_with_parent()
        enter_new_namespaces(_CLONE_NEWPID | _CLONE_NEWNS | CLONE_NEWNET)
        pid = os.fork()
        if pid:
            os.closerange(3, 65536)
            _, status = os.waitpid(pid, 0)
            os._exit(abs(os.waitstatus_to_exitcode(status)))
        end_with_parent()
        _mount_proc()
        os.execvp(command[0], command)  # noqa: S606  # no shell is wanted
    except OSError as error:
        print(f"Namespaces for clusters can't be set up: {error.strerror}", file=sys.stderr)  # noqa: T201
        os._exit(1)


def _mount_proc() -> None:
    if _libc.mount(b"proc", b"/proc", b"proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, None) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
