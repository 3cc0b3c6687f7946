"""One attempt: a fresh process that waits for its program, runs it with the driver wrapper, and reports the facts."""

from __future__ import annotations

import base64
import contextlib
import importlib
import io
import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import cluster, leftovers, process
from .fork_server import forget

_PIECE = 65536
_LEFTOVERS = 1.0
CONNECTED = b"\n"


@dataclass(frozen=True, slots=True)
class Ends:
    """The driver's ends of its pipes: its program comes in by `code`, its facts leave by `facts`.

    Before the program comes a line that goes back before the facts, so that other writes to it are not taken for facts.
    What comes by `stop` asks for the facts so far, and ends the driver.
    """

    code: int
    facts: int
    stdout: int
    stderr: int
    stop: int

    @property
    def all(self) -> tuple[int, int, int, int, int]:
        return (self.code, self.facts, self.stdout, self.stderr, self.stop)


def become_driver(place: Path, ends: Ends, workers: int) -> None:
    """Go on as the driver in `place`: connect to Ray, say so, and run the program once it comes."""
    os.setsid()
    os.chdir(place)
    process.reseed()
    os.environ["RAY_ADDRESS"] = cluster.GCS
    # As Ray has it for a job with a working directory.
    os.environ["PYTHONPATH"], os.environ["PWD"] = cluster.python_path(place), str(place)
    from raygen_driver.checkpoints import unpack  # pyright: ignore[reportMissingImports]  # its name in the seal
    from raygen_driver.driver import ProgramDriver, Sealed  # pyright: ignore[reportMissingImports]  # its name in the seal
    from raygen_driver.text import encoded  # pyright: ignore[reportMissingImports]

    forget()
    cluster.see_packages()
    # As on a target, where each run has a number of its own.
    process.call_itself(f"{sys.executable} -m raygen_driver --nonce {os.urandom(16).hex()} {cluster.PROGRAM}")
    program = place / cluster.PROGRAM
    token: list[bytes] = []
    reporting = threading.Lock()

    def report(found: dict[str, Any]) -> None:
        reporting.acquire()  # nothing is reported after this
        with contextlib.suppress(OSError):  # the program may have closed it
            _write(ends.facts, b"".join(token) + encoded(found).encode())
        os._exit(int(found["exit_code"]))

    driver = ProgramDriver(
        program.name,
        Sealed(
            logs=str(cluster.LOGS),
            journal=str(cluster.JOURNAL),
            writable=cluster.WRITABLE,
            on_stop=report,
        ),
    )
    driver.prepare()
    driver.connect(workers=workers)
    if not leftovers.are_gone(within=_LEFTOVERS):
        os._exit(1)  # this cluster is of no more use
    _become_streams(ends)
    _write(ends.facts, CONNECTED)
    first, head, code = _read(ends.code).split(b"\n", 2)
    token.append(first)
    given = json.loads(head)
    _lay_out(place, given["modules"])
    if cluster.CHECKPOINTS.exists():
        unpack(str(cluster.CHECKPOINTS), str(place))
    program.write_bytes(code)
    threading.Thread(target=_await_stop, args=(ends.stop, driver.stop), daemon=True).start()
    report(driver.run(given["arguments"]))


def _await_stop(fd: int, stop: Callable[[], None]) -> None:
    with contextlib.suppress(OSError):  # the program may have closed it
        if os.read(fd, 1):
            stop()


def _lay_out(place: Path, modules: dict[str, str]) -> None:
    """Put the program's modules, in base64 by name, where it and all workers import them from."""
    for name, content in modules.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))
        path.chmod(0o444)
    importlib.invalidate_caches()


def _become_streams(ends: Ends) -> None:
    os.dup2(ends.stdout, 1)
    os.dup2(ends.stderr, 2)
    os.close(ends.stdout)
    os.close(ends.stderr)
    sys.stdin = io.TextIOWrapper(io.FileIO(0), encoding="utf-8")
    # Unbuffered, as Ray has it for jobs: what was printed is there however the process ends.
    sys.stdout = sys.__stdout__ = io.TextIOWrapper(io.FileIO(1, "w"), encoding="utf-8", write_through=True)
    sys.stderr = sys.__stderr__ = io.TextIOWrapper(
        io.FileIO(2, "w"), encoding="utf-8", errors="backslashreplace", write_through=True
    )


def _read(fd: int) -> bytes:
    whole = b""
    while piece := os.read(fd, _PIECE):
        whole += piece
    os.close(fd)
    return whole


def _write(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]
