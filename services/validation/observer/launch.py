"""Starts a seal's command in a new network namespace, and beside it the observer of that.

Port 53 takes a capability over the namespace, which bubblewrap's own sandbox does not have; so the namespace is made
here, and bubblewrap stays in it (`--share-net`). The last argument of the command is the number of the file descriptor
that is its end of the socket to the observer.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import NoReturn

from .nameserver import NameServer
from .watch import NetworkObserver

_CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG = 1
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_INTERFACE = struct.Struct("=16sH14x")
_libc = ctypes.CDLL(None, use_errno=True)


def wrapped(command: list[str]) -> list[str]:
    """The command line that does it; `command` is run with one argument more."""
    source = str(Path(__file__).parents[3])
    start = f"import sys; sys.path.append({source!r}); from {__name__} import main; main(sys.argv[1:])"
    return [sys.executable, "-I", "-S", "-B", "-c", start, *command]


def main(command: list[str]) -> NoReturn:
    """Never returns: this process goes on as `command`."""
    try:
        enter_new_namespaces(CLONE_NEWNET)
        bring_up_loopback()
        names = NameServer()
    except OSError as error:
        sys.exit(f"The seal's network can't be set up: {error.strerror}")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    parent = os.getpid()
    if os.fork() == 0:
        _observe(ours, names, parent)
    for fd in (ours.fileno(), *names.fds):
        os.close(fd)
    theirs.set_inheritable(True)
    try:
        os.execvp(command[0], [*command, str(theirs.fileno())])  # noqa: S606  # no shell is wanted
    except OSError as error:
        sys.exit(f"{command[0]} can't be started ({error.strerror}).")


def _observe(control: socket.socket, names: NameServer, parent: int) -> NoReturn:
    """End with the seal."""
    try:
        end_with_parent()
        if os.getppid() == parent:
            observe(control, names)
    finally:
        os._exit(1)


def observe(control: socket.socket, names: NameServer) -> NoReturn:
    """Hold nothing of the seal's but this; never returns."""
    status = 1
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        lowest = 3
        for fd in sorted([control.fileno(), *names.fds]):
            os.closerange(lowest, fd)
            lowest = fd + 1
        os.closerange(lowest, 65536)
        NetworkObserver(control, names).watch()
        status = 0
    finally:
        os._exit(status)


def enter_new_namespaces(kinds: int) -> None:
    """A user namespace in which this process is root, and those of `kinds` in it. Raises OSError."""
    user, group = os.getuid(), os.getgid()
    if _libc.unshare(_CLONE_NEWUSER | kinds) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    become(0, user, group)


def become(uid: int, user: int, group: int) -> None:
    """In a new user namespace, be called `uid`; `user` and `group` are the names outside it."""
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny", encoding="ascii")
    (own / "uid_map").write_text(f"{uid} {user} 1", encoding="ascii")
    (own / "gid_map").write_text(f"{uid} {group} 1", encoding="ascii")


def bring_up_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, _INTERFACE.pack(b"lo", 0))
        name, flags = _INTERFACE.unpack(asked)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, _INTERFACE.pack(name, flags | _IFF_UP))


def end_with_parent() -> None:
    """Be killed when the thread that started this process ends. Raises OSError."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(what: int, value: int) -> None:
    if _libc.prctl(what, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
