"""Starts a worker of the embedded cluster enclosed: it sees its own run's files, and no process of another run.

It lies where Ray has its own `setup_worker.py`, so the raylet starts every worker by it, whatever a program asks for: one
that runs tasks or actors, and one that supervises a job and its driver. It runs by itself and knows the standard library only.

A worker gets a user, mount and PID namespace, and the system calls of the validation's seal. In its own PID namespace it has
the number that the raylet knows it by (`clone3` with `set_tid`): the raylet signals workers by the number they tell.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import platform
import re
import shlex
import signal
import struct
import sys
import time
from pathlib import Path
from typing import Any

TMP, HOME = Path("/tmp"), Path("/home/ray")  # noqa: S108  # the cluster's own
ENVIRONMENTS, PACKAGES = Path("/raygen/environments"), Path("/packages")
FILTER, SELF = "/raygen/seccomp", "/raygen/enclosure.py"
_PACKAGE = re.compile(r"_ray_pkg_[0-9a-f]{8,64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_INSIDE, _VARIABLES = "--inside", "RAYGEN_ENCLOSED"
_TRUSTED = ("SPILL_WORKER", "RESTORE_WORKER")
_CLONE3, _SIGCHLD = 435, 17
_HAND_OVER = 10.0
_NUMBERS = re.compile(r"^NSpid:.*\s(\d+)$", re.MULTILINE)
_SECCOMP, _FILTER_MODE, _NO_NEW_PRIVS, _DROP_BOUND = 22, 2, 38, 24
_CAPABILITY_VERSION, _LAST_CAPABILITY = 0x20080522, 63


def main(arguments: list[str]) -> None:
    options = argparse.ArgumentParser(allow_abbrev=False)
    options.add_argument("--serialized-runtime-env-context", default="{}")
    options.add_argument("--language", default="PYTHON")
    asked, rest = options.parse_known_args(arguments)
    context = json.loads(asked.serialized_runtime_env_context or "{}")
    flags = _options(rest)
    command = _command(context, rest)
    if flags.get("worker-type") in _TRUSTED or flags.get("mode") == "proxy":
        os.execv("/bin/bash", ["bash", "-c", command])  # noqa: S606  # Ray's own processes
    variables: dict[str, str] = {**(context.get("env_vars") or {}), "RAY_RAYLET_PID": "1"}
    words: list[str] = []
    if "session-name" in flags:
        view = WorkerView(Path(flags["temp-dir"]), flags, context)
        words = view.arguments()
        if view.environment:
            paths = variables.get("PYTHONPATH") or os.environ.get("PYTHONPATH") or ""
            variables["PYTHONPATH"] = os.pathsep.join(filter(None, (paths, str(PACKAGES))))
    # A program chooses these: they take effect where it is enclosed, and not before.
    os.environ[_VARIABLES] = json.dumps(variables)
    enclosed = [sys.executable, "-I", "-S", SELF, _INSIDE, str(os.getpid()), "bash", "-c", command]
    os.execvp("bwrap", ["bwrap", "--dev-bind", "/", "/", *words, *_NAMESPACES, "--", *enclosed])  # noqa: S606, S607


_NAMESPACES = (
    *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--as-pid-1", "--die-with-parent"),
    *("--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP"),
)


def _options(arguments: list[str]) -> dict[str, str]:
    pairs = (word[2:].partition("=") for word in arguments if word.startswith("--"))
    return {name: value for name, _, value in pairs}


def _command(context: dict[str, Any], rest: list[str]) -> str:
    """As Ray puts it together: what goes before, then the interpreter with its arguments."""
    prefix: list[str] = context.get("command_prefix") or []
    python = str(context.get("py_executable") or sys.executable)
    return " ".join([*prefix, "exec", python, *map(shlex.quote, rest)])


class WorkerView:
    """What a worker sees of Ray's directory, of /tmp and of HOME: the sockets, and what is its run's own."""

    def __init__(self, top: Path, flags: dict[str, str], context: dict[str, Any]) -> None:
        self._top = top
        self._session = top / flags["session-name"]
        self._worker = flags.get("worker-id", "")
        words = json.dumps(context)
        self._packages = sorted(set(_PACKAGE.findall(words)))
        used = self._session / "runtime_resources" / "working_dir_files"
        self._directory = next((used / name for name in self._packages if f"{used}/{name}" in words), None)
        own = f"{os.environ.get('RAY_JOB_ID', 'none')}-{os.getpid()}"
        self._key = self._directory.name if self._directory else own
        self.environment = _environment_of(self._directory) if self._directory else None

    def arguments(self) -> list[str]:
        """bubblewrap's, in the order in which they are mounted."""
        session = self._session
        words = ["--tmpfs", str(self._top), "--dir", str(session), *_bind(session / "sockets")]
        words += ["--bind", str(self._logs()), str(session / "logs")]
        words += ["--symlink", str(session), str(self._top / "session_latest")]
        for path in sorted([*session.iterdir(), *self._top.iterdir()]):
            if path.is_file() and not path.is_symlink():
                words += _bind(path, "--ro-bind-try")  # some of them come and go
        resources = session / "runtime_resources"
        for kind in sorted(resources.iterdir()) if resources.is_dir() else ():
            if kind.name.endswith("_files"):  # packages of runs
                own = [kind / name for name in self._packages if (kind / name).is_dir()]
                words += [word for path in own for word in _bind(path)]
            elif kind.is_dir():
                words += _bind(kind, "--ro-bind")
        for place in (TMP, HOME):
            own = place / self._key
            own.mkdir(mode=0o700, exist_ok=True)
            words += ["--bind", str(own), str(place)]
        words += _interpreter()
        if self.environment:
            words += ["--ro-bind", str(self.environment), str(PACKAGES)]
        # Others' packages are not this run's.
        return [*words, "--tmpfs", str(ENVIRONMENTS), "--remount-ro", str(ENVIRONMENTS), "--chdir", str(HOME)]

    def _logs(self) -> Path:
        """A directory of the run's own, whose files are also where Ray's log readers look for them."""
        shared = self._session / "logs"
        own = self._session / "runs" / self._key
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
        job, number = os.environ.get("RAY_JOB_ID", ""), os.getpid()
        names = [f"worker-{self._worker}-{job}-{number}.{kind}" for kind in ("out", "err")]
        if self._directory and (run := _run_of(self._directory)):
            names.append(f"job-driver-{run}.log")
        for name in names:
            if not (own / name).exists():
                (shared / name).touch(mode=0o600)  # Ray may have begun it
                if (shared / name).stat().st_nlink == 1:  # else it is another run's
                    os.link(shared / name, own / name)
        return own


def _interpreter() -> list[str]:
    """Python's own directories, where they are below those that each run has for itself."""
    roots = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent}
    hidden = [root for root in sorted(roots) if root.is_relative_to(TMP) or root.is_relative_to(HOME)]
    return [word for root in hidden for word in _bind(root, "--ro-bind")]


def _bind(path: Path, how: str = "--bind") -> list[str]:
    return [how, str(path), str(path)]


def _run_of(directory: Path) -> str:
    run = _read(directory / ".submission")
    return run if _SAFE.fullmatch(run) else ""


def _environment_of(directory: Path) -> Path | None:
    """Where the packages of a run are that has some."""
    name = _read(directory / ".environment")
    return ENVIRONMENTS / name / "lib" if _SHA256.fullmatch(name) else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def inside(number: int, command: list[str]) -> int:
    """Process 1 of a worker's namespace: starts the worker as process `number`, reaps, and ends with it."""
    tids = (ctypes.c_int * 1)(number)
    request = struct.pack("=11Q", 0, 0, 0, 0, _SIGCHLD, 0, 0, 0, ctypes.addressof(tids), 1, 0)
    buffer = ctypes.create_string_buffer(request, len(request))
    worker = _libc.syscall(_CLONE3, buffer, len(request))
    if worker < 0:
        _fail("clone3")
    if worker == 0:
        _confine()
        os.environ.update(json.loads(os.environ.pop(_VARIABLES)))
        os.execvp(command[0], command)  # noqa: S606  # what the raylet asked for
    while True:
        pid, status = os.wait()
        if pid == worker:
            _end_the_others()
            return os.waitstatus_to_exitcode(status)


def _end_the_others() -> None:
    """Kill what the worker has left, but let the process that hands over checkpoints finish, for a limited time.

    Whose parent has died has this process as its parent. /proc has the numbers of the cluster, and signals take our own.
    """
    limit = time.monotonic() + _HAND_OVER
    while time.monotonic() < limit:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        children = _read(Path(f"/proc/self/task/{Path('/proc/self').readlink()}/children")).split()
        others = [child for child in children if not _hands_over(child)]
        for child in others:
            if number := _NUMBERS.search(_read(Path(f"/proc/{child}/status"))):
                os.kill(int(number[1]), signal.SIGKILL)
        if len(others) == len(children):
            return
        time.sleep(0.02)


def _hands_over(child: str) -> bool:
    """Whether it is what `launch.py` leaves behind; a program that looks like it lives as long, and no longer."""
    return _read(Path(f"/proc/{child}/cmdline")).split("\0")[1:2] == ["launch.py"]


def _confine() -> None:
    for capability in range(_LAST_CAPABILITY + 1):
        _libc.prctl(_DROP_BOUND, capability, 0, 0, 0)
    if _libc.capset(struct.pack("=II", _CAPABILITY_VERSION, 0), bytes(24)) or _libc.prctl(
        _NO_NEW_PRIVS, 1, 0, 0, 0
    ):
        _fail("capset")
    code = Path(FILTER).read_bytes()
    steps = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(steps))
    if _libc.prctl(_SECCOMP, _FILTER_MODE, ctypes.c_char_p(program), 0, 0):
        _fail("seccomp")


def _fail(what: str) -> None:
    raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())} on {platform.machine()}")


_libc = ctypes.CDLL(None, use_errno=True)

if __name__ == "__main__":
    if sys.argv[1:2] == [_INSIDE]:
        code = inside(int(sys.argv[2]), sys.argv[3:])
        sys.exit(code if code >= 0 else 128 - code)
    main(sys.argv[1:])
