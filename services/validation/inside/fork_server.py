# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingTypeStubs=false
# Ray is untyped here.
"""Forks Ray workers from a process that has imported everything: 30 ms and little memory, not half a second and 80 MB."""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import cluster, process
from .cluster import ray_home
from .imports import compiled
from .launcher import FORK_SERVER

_LARGEST = 1024**2
_WATCHED = Path(__file__).with_name("worker.py")
_CONTEXT = "--serialized-runtime-env-context="


@dataclass(slots=True)
class ForkServer:
    """Answers launchers; a launcher's connection stays open as long as its worker lives. Workers start in `place`."""

    place: Path = Path("/")
    listener: socket.socket = field(default_factory=lambda: _listen())
    workers: dict[int, socket.socket] = field(default_factory=dict[int, socket.socket])
    _waiting: dict[int, tuple[socket.socket, bytearray]] = field(
        default_factory=dict[int, tuple[socket.socket, bytearray]]
    )

    def accept(self) -> socket.socket | None:
        """A new launcher's connection, to be watched for its request."""
        try:
            connection, _ = self.listener.accept()
        except OSError:
            return None
        connection.setblocking(False)
        self._waiting[connection.fileno()] = (connection, bytearray())
        return connection

    def serve(self, fd: int) -> bool:
        """Read of a request what is there; False when the connection needs no more watching."""
        connection, request = self._waiting[fd]
        try:
            data = connection.recv(65536)
        except BlockingIOError:
            return True
        request += data
        if data and len(request) < _LARGEST:
            return True
        del self._waiting[fd]
        try:
            argv, environment = _parsed(bytes(request))
            worker = process.fork(lambda: _become_worker(argv, environment, self.place))
        except (ValueError, OSError):
            connection.close()
        else:
            self.workers[worker] = connection
        return False

    def clean_up(self, pid: int) -> bool:
        """Notify the launcher of a worker that has died; False when `pid` was none."""
        connection = self.workers.pop(pid, None)
        if connection is not None:
            connection.close()
        return connection is not None


def _parsed(request: bytes) -> tuple[list[str], dict[str, str]]:
    """The arguments and the environment of a launcher's request. Raises ValueError."""
    first, *words = map(os.fsdecode, request.split(b"\0"))
    pairs = (word.partition("=") for word in words[int(first) :])
    return words[: int(first)], {name: value for name, _, value in pairs}


def _listen() -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(FORK_SERVER)
    listener.listen(256)
    listener.setblocking(False)
    return listener


def _become_worker(argv: list[str], environment: dict[str, str], place: Path) -> None:
    """Go on as Ray's own worker would, as if started with these arguments, in the program's directory."""
    os.setsid()
    with contextlib.suppress(OSError):  # it may be gone already, and the worker with it
        os.chdir(place)
    os.environ.clear()
    os.environ.update({**environment, "PYTHONPATH": cluster.python_path(place)})
    workers = ray_home() / "_private" / "workers"
    plain = [word for word in argv if not word.startswith((_CONTEXT, "--language="))]
    context: dict[str, Any] = json.loads(
        next((word.removeprefix(_CONTEXT) for word in argv if word.startswith(_CONTEXT)), "{}") or "{}"
    )
    if any(
        context.get(key)
        for key in ("command_prefix", "env_vars", "py_executable", "override_worker_entrypoint")
    ):
        # Ray's own worker, watched; under another interpreter nothing of it is.
        watched = [str(_WATCHED), str(cluster.JOURNAL), str(cluster.PROGRAMS)]
        words = [sys.executable, str(workers / "setup_worker.py"), *watched, *argv]
        if context.get("py_executable") not in {None, sys.executable} or context.get(
            "override_worker_entrypoint"
        ):
            with contextlib.suppress(OSError):
                cluster.JOURNAL.unlink()
        os.execv(sys.executable, words)  # noqa: S606  # a worker with an environment of its own starts afresh
    sys.argv = ["", *plain]
    process.reseed()
    try:
        become_watched(str(cluster.JOURNAL), str(cluster.PROGRAMS))
    except SystemExit as stop:  # how Ray's own worker leaves
        process.leave(stop)


def become_watched(journal: str, programs: str) -> None:
    """Go on as Ray's own worker with the arguments of this process, by the `journal` and for the `programs` of its session."""
    sys.argv[0] = str(ray_home() / "_private" / "workers" / "default_worker.py")
    code = compiled(sys.argv[0])
    _watch(journal, programs)
    forget()
    cluster.see_packages()
    # As `runpy.run_path` does it with a file.
    runpy._run_module_code(code, None, "__main__", pkg_name="", script_name=sys.argv[0])


def _watch(journal: str, programs: str) -> None:
    """Note in the journal what programs touch in this worker, and what their tasks ask for there."""
    from raygen_driver.asked import Asked  # pyright: ignore[reportMissingImports]
    from raygen_driver.tail import mark_rays_lines  # pyright: ignore[reportMissingImports]
    from raygen_driver.touched import TouchRecorder  # pyright: ignore[reportMissingImports]  # its name in the seal

    def is_program(name: str) -> bool:
        return name.startswith(f"{programs}/") and name.endswith(".py")

    touched = TouchRecorder(is_program, own=programs, sealed=cluster.WRITABLE, journal=journal)
    mark_rays_lines()
    touched.prepare()
    touched.begin()
    Asked(touched.asks).begin()


def forget() -> None:
    """Leave nothing of this package in what a program can see."""
    ours = (__name__.partition(".")[0], "observer", "raygen_driver")
    for name in [name for name in sys.modules if name.partition(".")[0] in ours]:
        del sys.modules[name]
    sys.path[:] = [path for path in sys.path if path not in {"", "/raygen", os.environ["HOME"]}]
