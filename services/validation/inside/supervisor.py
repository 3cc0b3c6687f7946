"""Process 1 of a sandbox: keeps Ray and a spare driver, runs one attempt at a time, and reports its result to the bot.

It holds what user code must not reach: the pipes to the bot and the right to say how a program ended. Signals from
inside the namespace can't touch process 1, and `process.shield` closes its memory to them. Its words count for the
status that the kernel gave it; the facts that it passes on are the program's own claims.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from . import agent, cluster, demand, frames, postgres, process, state_api, written
from .agent import become_agent
from .attempt import CONNECTED, Ends, become_driver
from .cuda import CudaWatch
from .fork_server import ForkServer
from .object_store import StoreWatch
from .observer import ObserverChannel
from .state_api import become_state_api

_PIECE = 65536
_DRAIN = 0.2
_LONG = 1.0
_BURST = 0.001
_ROUNDS = 50
_ROOMS = (Path("/tmp"), Path("/dev/shm"), Path.home())  # noqa: S108  # the sandbox's own


@dataclass(slots=True)
class DriverProcess:
    """A forked driver and our ends of its pipes."""

    pid: int
    code: int
    facts: int
    stdout: int
    stderr: int
    stop: int
    connected: bool = False
    status: int | None = None

    @property
    def readable(self) -> dict[int, bytes]:
        return {self.facts: frames.FACTS, self.stdout: frames.STDOUT, self.stderr: frames.STDERR}


@dataclass(slots=True)
class SealedSupervisor:
    """The event loop of process 1."""

    incoming: int
    outgoing: int
    fork_server: ForkServer
    observer: ObserverChannel
    gcs: int
    raylet: int
    cluster_id: str
    workers: int
    places: dict[str, str]
    server: postgres.Server
    agent: socket.socket = field(default_factory=agent.listen)
    state_api: socket.socket = field(default_factory=state_api.listen)
    cuda: CudaWatch = field(default_factory=CudaWatch)
    store: StoreWatch = field(default_factory=StoreWatch)
    _poll: select.poll = field(default_factory=select.poll)
    _buffer: bytearray = field(default_factory=bytearray)
    _spare: DriverProcess | None = None
    _running: DriverProcess | None = None
    _asked: bytes | None = None
    _number: int = 0
    _spent: float = 0.0
    _began: float = 0.0
    _forwarded: float = 0.0
    _demand: tuple[int, int] | None = None
    _notes: bytes = b""
    _servants: set[int] = field(default_factory=set[int])
    _permanent: frozenset[Path] = field(
        default_factory=lambda: frozenset(path for place in _ROOMS for path in place.iterdir())
    )

    @property
    def _vital(self) -> dict[int, str]:
        return {self.gcs: "the GCS", self.raylet: "the raylet"}

    def serve(self) -> None:
        """Until the bot closes its end, or Ray is gone."""
        wake, wakened = os.pipe()
        for fd in (wake, wakened):
            os.set_blocking(fd, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakened, warn_on_full_buffer=False)
        served: dict[int, Callable[[], object]] = {
            wake: lambda: self._wake(wake),
            self.fork_server.listener.fileno(): self._accept,
            self.agent.fileno(): self._start_agent,
            self.state_api.fileno(): self._start_state_api,
            self.observer.fileno(): lambda: self.observer.hear(self._pass_on),
        }
        if self.cuda.fd is not None:
            served[self.cuda.fd] = self._look_for_cuda
        for fd in (self.incoming, *served):
            self._poll.register(fd, select.POLLIN)
        self._servants |= {self.server.pid} - {0}
        self._prepare_spare()
        while True:
            for fd, _ in self._poll.poll(self._patience()):
                if fd == self.incoming:
                    if not self._hear():
                        return
                elif fd in served:
                    served[fd]()
                else:
                    self._handle(fd)
            self._advance()

    def _patience(self) -> float | None:
        """Milliseconds until the running attempt has become a long one, whose requests are looked at."""
        if self._running is None or self._demand is not None:
            return None
        left = self._began + _LONG - time.monotonic()
        return max(1000 * left, 1.0)

    def _watch_demand(self) -> None:
        if self._running and self._demand is None and time.monotonic() - self._began >= _LONG:
            pid, fd = self._demand = demand.watch()
            self._servants.add(pid)
            self._poll.register(fd, select.POLLIN)

    def _hear_of_demand(self, fd: int) -> None:
        *lines, self._notes = (self._notes + (data := os.read(fd, _PIECE))).split(b"\n")
        for line in lines:
            self._pass_on(line)
        if not data:
            self._unwatch(fd)

    def _look_for_cuda(self) -> None:
        if self.cuda.noticed() and self._running:
            self._pass_on(frames.CUDA)

    def _end_demand(self) -> None:
        if self._demand is not None:
            pid, fd = self._demand
            self._unwatch(fd)
            os.close(fd)
            process.signal_one(pid, signal.SIGKILL)
            self._demand, self._notes = None, b""

    def _wake(self, fd: int) -> None:
        os.read(fd, _PIECE)
        self._reap()

    def _handle(self, fd: int) -> None:
        driver = next((d for d in (self._running, self._spare) if d and fd in d.readable), None)
        if self._demand and fd == self._demand[1]:
            self._hear_of_demand(fd)
        elif driver is not None:
            self._forward(driver, fd)
        elif not self.fork_server.serve(fd):
            self._poll.unregister(fd)

    def _start_agent(self) -> None:
        """A runtime environment was requested: from now on the agent answers."""
        self._start(self.agent, lambda: become_agent(self.agent, self.cluster_id, self.raylet))

    def _start_state_api(self) -> None:
        """The state of tasks or actors was requested."""
        self._start(self.state_api, lambda: become_state_api(self.state_api, self.cluster_id))

    def _start(self, listener: socket.socket, serve: Callable[[], None]) -> None:
        self._poll.unregister(listener.fileno())
        self._servants.add(process.fork(serve, keep=(listener.fileno(),)))

    def _accept(self) -> None:
        connection = self.fork_server.accept()
        if connection is not None:
            self._poll.register(connection.fileno(), select.POLLIN)

    def _hear(self) -> bool:
        """Take what the bot says; False when it has gone."""
        data = os.read(self.incoming, _PIECE)
        self._buffer += data
        while len(self._buffer) >= frames.HEADER.size:
            kind, length = frames.unpack_header(bytes(self._buffer[: frames.HEADER.size]))
            end = frames.HEADER.size + length
            if len(self._buffer) < end:
                break
            if kind == frames.RUN:
                self._asked = bytes(self._buffer[frames.HEADER.size : end])
            elif kind == frames.STOP and self._running:
                _write(self._running.stop, b"\n")
            del self._buffer[:end]
        return bool(data)

    def _advance(self) -> None:
        """Give a waiting program to a connected driver; report the end of one that has ended."""
        if self._running and self._running.status is not None:
            self._conclude(self._running)
        if self._asked is not None and self._running is None and self._spare and self._spare.connected:
            self._running, self._spare = self._spare, None
            self._began = time.monotonic()
            self.cuda.noticed()  # nothing of this program's
            self.store.begin()
            self.observer.begin()
            _write(self._running.code, self._asked)
            os.close(self._running.code)
            self._asked = None
        self._watch_demand()

    def _prepare_spare(self) -> None:
        self._number += 1
        pairs = [os.pipe() for _ in range(5)]
        (code_in, code_out), (facts_in, facts_out), (out_in, out_out), (err_in, err_out) = pairs[:4]
        stop_in, stop_out = pairs[4]
        ends = Ends(code_in, facts_out, out_out, err_out, stop_in)
        place = self.fork_server.place = cluster.program_directory()
        _furnish(place)
        written.lay_out(self.places)
        pid = process.fork(lambda: become_driver(place, ends, self.workers), keep=ends.all)
        for fd in ends.all:
            os.close(fd)
        self._spare = DriverProcess(pid, code_out, facts_in, out_in, err_in, stop_out)
        for fd in self._spare.readable:
            self._poll.register(fd, select.POLLIN)

    def _forward(self, driver: DriverProcess, fd: int) -> bool:
        if fd != driver.facts:
            if time.monotonic() - self._forwarded < _BURST:
                time.sleep(_BURST)  # drivers write unbuffered: thousands of small pieces become one
            self._forwarded = time.monotonic()
        data = os.read(fd, _PIECE)
        if not data:
            self._unwatch(fd)
            return False
        if fd == driver.facts and not driver.connected:
            driver.connected = True
            self._spent = process.processor_time()
            data = data.removeprefix(CONNECTED)
            self._report_ready()
        if data:
            self._send(driver.readable[fd], data)
        return True

    def _report_ready(self) -> None:
        self._send(frames.READY, json.dumps({"attempt": self._number, "loaded": process.loaded()}).encode())

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self._vital:
                raise SystemExit(f"{self._vital[pid]} is gone ({status}): {cluster.last_words()}")
            self.fork_server.clean_up(pid)
            self._servants.discard(pid)
            if self._spare is not None and self._spare.pid == pid:
                raise SystemExit("a driver died before it had a program")
            if self._running is not None and self._running.pid == pid:
                self._running.status = os.waitstatus_to_exitcode(status)

    def _conclude(self, driver: DriverProcess) -> None:
        """Everything that is in the pipes, then the end; a process that holds them open does not delay it."""
        self._look_for_cuda()
        if driver.status and (size := self.store.unstored()):
            self._pass_on(json.dumps([frames.UNSTORED, size]).encode())
        self._running = None
        self._end_demand()
        os.close(driver.stop)
        # What it has left behind may want something of the network yet, which would be nobody's doing.
        for left in self.fork_server.workers.keys() | self._strays():
            process.signal_one(left, signal.SIGSTOP)
        self.observer.end()
        limit = time.monotonic() + _DRAIN
        for fd in driver.readable:
            os.set_blocking(fd, False)
            self._drain(driver, fd, limit)
            os.close(fd)
        result = {"status": driver.status, "cpu": round(process.processor_time() - self._spent, 2)}
        self.observer.await_end(self._pass_on)
        found = [*written.described(self.places), *self.server.written()]
        if found:
            self._pass_on(json.dumps(["written", found]).encode())
        self._send(frames.ENDED, json.dumps(result).encode())
        if self.server.databases:
            raise SystemExit  # whatever the program has left in the server ends with it
        self._sweep()
        self._clear()
        self._prepare_spare()

    def _clear(self) -> None:
        """Delete whatever an attempt wrote, so that the next one finds its room and nothing else."""
        leftovers = [path for place in _ROOMS for path in place.iterdir() if path not in self._permanent]
        try:
            for path in [*cluster.PROGRAMS.iterdir(), *leftovers]:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
        except (OSError, RecursionError) as error:
            raise SystemExit(f"files of an attempt can't be deleted: {type(error).__name__}") from None

    def _sweep(self) -> None:
        """End whatever an attempt left: its workers, their actors, and processes that it set free."""
        for worker in self.fork_server.workers:
            process.signal_one(worker, signal.SIGKILL)
        for _ in range(_ROUNDS):
            strays = self._strays()
            if not strays:
                return
            for stray in strays:
                process.signal_one(stray, signal.SIGKILL)
            self._reap()

    def _strays(self) -> set[int]:
        return process.children() - {*self._vital, *self._servants, *self.fork_server.workers}

    def _drain(self, driver: DriverProcess, fd: int, limit: float) -> None:
        while time.monotonic() < limit:
            try:
                if not self._forward(driver, fd):
                    return
            except BlockingIOError:
                break
        self._unwatch(fd)

    def _unwatch(self, fd: int) -> None:
        with contextlib.suppress(KeyError):
            self._poll.unregister(fd)

    def _pass_on(self, note: bytes) -> None:
        self._send(frames.NOTED, note)

    def _send(self, kind: bytes, payload: bytes) -> None:
        _write(self.outgoing, frames.pack(kind, payload))


def _furnish(place: Path) -> None:
    """Make a program's working directory; the inputs behind its links are on a file system that can't be written to."""
    place.mkdir()
    for file in cluster.INPUTS.rglob("*"):
        if file.is_file():
            link = place / file.relative_to(cluster.INPUTS)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(file)


def _write(fd: int, data: bytes) -> None:
    try:
        while data:
            data = data[os.write(fd, data) :]
    except BrokenPipeError:
        return
