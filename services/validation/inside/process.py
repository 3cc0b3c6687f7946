"""Small dealings with the kernel: what process 1 and its children set about themselves."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

_PR_SET_DUMPABLE = 4
_BROKEN = 70
_TICK = os.sysconf("SC_CLK_TCK")
_libc = ctypes.CDLL(None, use_errno=True)


def shield() -> None:
    """Close this process's memory and descriptors to everybody else of the same user (`/proc/1/mem`, `/proc/1/fd`)."""
    _set_dumpable(0)


def offer_to_the_oom_killer() -> None:
    """A host that runs out of memory ends this before the bot; nothing inside can take that back."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")


def limit(*, processes: int) -> None:
    """Limits that all descendants inherit; `processes` counts threads, as the kernel does."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NPROC, processes)
    _lower(resource.RLIMIT_NOFILE, 16_384)
    _lower(resource.RLIMIT_MEMLOCK, 0)


def limit_files(size: int) -> None:
    """The largest file, in bytes, that descendants can write which are forked from now on."""
    _lower(resource.RLIMIT_FSIZE, size)


def signal_one(pid: int, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, what)


def children() -> set[int]:
    """The processes whose parent this is, adopted ones included."""
    own = str(os.getpid()).encode()
    return {pid for pid, fields in _stats() if fields[1] == own}


def processor_time() -> float:
    """Seconds that all processes in sight have used so far, their ended and collected children included."""
    return sum(int(ticks) for _, fields in _stats() for ticks in fields[11:15]) / _TICK


def _stats() -> Iterator[tuple[int, list[bytes]]]:
    """Process ID and `/proc/PID/stat` from its third field on."""
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{entry}/stat", "rb") as file:  # a hot loop
                yield int(entry), file.read().rpartition(b")")[2].split()


def start_later() -> tuple[int, Callable[[list[str]], None]]:
    """The ID of a process that will become what the returned function is called with: a command line."""
    reading, writing = os.pipe()

    def become() -> None:
        words = b""
        while piece := os.read(reading, 65536):
            words += piece
        os.close(reading)
        command = words.decode().split("\0")
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, others expect it
        for fd in (0, 1, 2):
            os.dup2(os.open(os.devnull, os.O_RDWR), fd)
        os.environ.pop("RAY_CLIENT_MODE", None)  # set where Ray has been imported
        os.execv(command[0], command)  # noqa: S606  # no shell is wanted

    def start(command: list[str]) -> None:
        os.write(writing, "\0".join(command).encode())
        os.close(writing)

    pid = fork(become, keep=(reading,))
    os.close(reading)
    return pid, start


def fork(child: Callable[[], None], *, keep: tuple[int, ...] = ()) -> int:
    """Fork a process that holds no descriptors but 0 to 2 and `keep`, calls `child`, and ends; its process ID."""
    pid = os.fork()
    if pid:
        return pid
    _in_child(child, keep)


def _in_child(child: Callable[[], None], keep: tuple[int, ...]) -> NoReturn:
    try:
        # Its number may be that of a program's output soon, into which each signal would be written.
        signal.set_wakeup_fd(-1)
        _close_all_but(keep)
        _set_dumpable(1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        child()
        os._exit(0)
    except BaseException:  # noqa: BLE001  # nothing may return into what was forked
        traceback.print_exc()
        os._exit(_BROKEN)


def leave(stop: SystemExit) -> NoReturn:
    """End this process as the interpreter does after `stop`, without its exit functions."""
    if isinstance(stop.code, str):
        with contextlib.suppress(Exception):
            sys.stderr.write(f"{stop.code}\n")
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(stop.code if isinstance(stop.code, int) else int(bool(stop.code)))


def _close_all_but(keep: tuple[int, ...]) -> None:
    lowest = 3
    for fd in sorted(keep):
        os.closerange(lowest, fd)
        lowest = fd + 1
    os.closerange(lowest, 4096)


# Python itself imports it where setuptools is installed; it works with any other version of setuptools, which torch brings.
_AT_START = frozenset({"_distutils_hack"})


def loaded() -> list[str]:
    """The top-level packages that are imported already; not those without a file, whose parts may lie in many places."""
    return [
        name
        for name, module in sys.modules.items()
        if "." not in name
        and name not in sys.stdlib_module_names
        and name not in _AT_START
        and getattr(module, "__file__", None)
    ]


def call_itself(title: str) -> None:
    """Set what the list of processes shows of this one, once Ray has been imported."""
    from ray import _raylet

    _raylet.setproctitle(title)
    Path("/proc/self/comm").write_text("python", encoding="ascii")


def reseed() -> None:
    """Give this fork random numbers of its own; Python sees to its own, NumPy does not."""
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def _set_dumpable(value: int) -> None:
    if _libc.prctl(_PR_SET_DUMPABLE, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _lower(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))
