"""One sealed, one-shot Ray cluster as the bot sees it: started, handed programs one at a time, destroyed."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from services.domain.errors import SealUnavailable
from services.domain.untrusted_data import from_json
from services.domain.values import InputFile, Written
from services.isolation.ending import end
from services.validation import readings
from services.validation.attempts import Attempted
from services.validation.cgroup import ControlGroup, Delegated
from services.validation.demands import Demand, demand
from services.validation.inside import frames
from services.validation.interface import ValidationLimits
from services.validation.progress import Progress, ProgressWatch
from services.validation.seal import EMPTY, NO_MOUNTS, PACKAGE, Furnishing, Mounts, Seal, Spaces
from services.validation.template import ForkedProcess, Template
from services.validation.watchdog import Excess, Watchdog

_FACTS_OVERHEAD = 4 * 1024**2
_LAST_WORDS = 4000
_FINISHED = b'["finished", '
_WRITTEN = b'["written", '
_FOUND = TypeAdapter(tuple[str, tuple[Written, ...]])
_END_LIMIT = 5.0
_READY_AGAIN = 5.0
_FACTS_LIMIT = 3.0
TOO_SLOW = "A sealed Ray cluster did not start in time: this machine is slow or busy. Please try again in a few minutes."


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """What a sealed cluster pretends to have, and how much of the machine it may take.

    `resources` are Ray's, by name, and virtual; `workers` are kept warm; `nice` is the priority of everything inside.
    `start_limit` is in seconds: a start is given up only after minutes, since a busy machine is slow, not broken.
    """

    resources: dict[str, float] = field(
        default_factory=lambda: {"CPU": 8.0, "GPU": 4.0, "memory": 8.0 * 1024**3}
    )
    workers: int = 2
    spaces: Spaces = field(default_factory=Spaces)
    object_store: int = 256 * 1024**2
    threads: int = 8192
    file_size: int = 1024**3
    nice: int = 5
    start_limit: float = 300.0

    def as_argument(self, mounts: Mounts) -> str:
        """For process 1 inside, with the places and databases of `mounts`."""
        options: dict[str, Any] = {
            "resources": {**self.resources, "object_store_memory": float(self.object_store)},
            "workers": self.workers,
            "shared_memory": self.object_store,
            "processes": self.threads,
            "file_size": self.file_size,
            "nice": self.nice,
            "written": mounts.written,
            "databases": mounts.databases,
        }
        return json.dumps(options)


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """What came out of a sandbox for one program; `facts` are claims of the program, the rest is observed from outside.

    `status` is the driver's exit code, negative for a signal; None when the sandbox ended before its program.
    """

    stdout: bytes = b""
    stderr: bytes = b""
    facts: bytes = b""
    status: int | None = None
    excess: Excess | None = None
    wall: float = 0.0
    cpu: float = 0.0
    peak_memory: int = 0
    truncated: bool = False
    attempted: Attempted = field(default_factory=Attempted)
    progress: Progress = field(default_factory=Progress)
    demand: Demand | None = None
    written: tuple[Written, ...] = ()
    """What was found at the places of its data connections."""
    cuda: bool = False
    """Whether something in the sandbox looked for the CUDA driver."""
    unstored: int | None = None
    """MiB of the last object that found no room in the object store."""


class Sandbox:
    """Use `start`, then `run` any number of times, then `close`; after a record without status it is of no more use."""

    def __init__(
        self,
        process: asyncio.subprocess.Process | ForkedProcess,
        settings: ClusterSettings,
        group: ControlGroup | None,
    ) -> None:
        self._process = process
        self._group = group
        self._settings = settings
        self._ready = asyncio.Event()
        self._collecting: _Collected | None = None
        self._ended = asyncio.Event()
        self._last_words = bytearray()
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._listen())]
        self._idle = 0
        self.loaded: frozenset[str] = frozenset()
        self.born = time.monotonic()

    @classmethod
    async def start(
        cls,
        settings: ClusterSettings,
        data: Furnishing = EMPTY,
        groups: Delegated | None = None,
        mounts: Mounts = NO_MOUNTS,
        template: Template | None = None,
    ) -> Sandbox:
        """A sandbox whose Ray is up and whose first driver waits for a program, beside `data`.

        Driver and workers have the `mounts`. With `groups` it has a control group of its own among them.
        It is forked from `template` unless it has data or mounts.

        Raises SealUnavailable when that can't be had.
        """
        group = groups.make() if groups else None
        try:
            if template and not data and not mounts:
                process = await template.fork(settings.as_argument(mounts), settings.spaces, group)
            else:
                process = await _sealed(settings, data, group, mounts)
        except BaseException as error:
            if group:
                group.destroy()
            if isinstance(error, OSError):
                raise SealUnavailable(f"bubblewrap can't be started ({error.strerror}).") from error
            raise
        sandbox = cls(process, settings, group)
        try:
            await sandbox._become_ready(settings.start_limit)
            sandbox._idle = len(await asyncio.to_thread(readings.tree, process.pid))
        except BaseException:
            await sandbox.close()
            raise
        return sandbox

    @property
    def alive(self) -> bool:
        return self._process.returncode is None and not self._ended.is_set()

    @property
    def pids(self) -> list[int]:
        """Everything that belongs to it, as the host numbers processes."""
        return readings.tree(self._process.pid) if self.alive else []

    async def run(
        self,
        code: str,
        limits: ValidationLimits,
        modules: Sequence[InputFile] = (),
        arguments: Sequence[str] = (),
    ) -> AttemptRecord:
        """Run one program with `arguments` to its end or to a limit, with `modules` beside it; one at a time.

        Raises SealUnavailable when an earlier program has left it in such a state that no driver gets ready.
        """
        assert self._collecting is None
        await self._become_ready(_READY_AGAIN)
        self._ready.clear()
        if self._group:
            self._group.limit(
                memory=limits.memory + self._settings.spaces.total, threads=self._settings.threads
            )
        began = time.monotonic()
        progress = ProgressWatch(self._process.pid, limits.wall)
        collected = self._collecting = _Collected(limits, progress)
        watching = asyncio.create_task(progress.watch())
        watchdog = Watchdog(self._process.pid, limits, idle=self._idle)
        try:
            token = secrets.token_hex(16).encode()
            await self._send(frames.RUN, token + b"\n" + _packed(code, modules, arguments))
            excess = await self._wait(collected, watchdog, limits.wall)
            if excess is None and self._group and self._group.out_of_memory:
                excess = Excess.MEMORY
            wall = time.monotonic() - began
            if excess in {Excess.WALL, Excess.HARDWARE}:
                seen = await progress.seen()
                await self._stop(collected)
                record = replace(collected.record, excess=excess, wall=wall, progress=seen)
            else:
                record = replace(collected.record, excess=excess, wall=wall)
            record = replace(record, facts=_genuine(record.facts, token))
            if excess is not None or record.status is None:
                self._kill()
            return replace(record, peak_memory=watchdog.peak)
        except BaseException:
            self._kill()
            raise
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            self._collecting = None

    async def _stop(self, collected: _Collected) -> None:
        """Have the driver report what is known so far, within a moment; what it does not report is unknown."""
        collected.go_on()
        await self._send(frames.STOP, b"")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FACTS_LIMIT):
                await collected.done.wait()

    async def close(self) -> None:
        """End everything inside; returns when the sandbox is gone."""
        self._kill()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_END_LIMIT):
                await self._process.wait()
                await asyncio.wait(self._tasks)  # the last of those inside closes what is read
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if isinstance(self._process, ForkedProcess):
            self._process.close()
        if self._group:
            await asyncio.to_thread(self._group.destroy)

    async def _wait(self, collected: _Collected, watchdog: Watchdog, wall: float) -> Excess | None:
        """Until the program or the sandbox ends (None), or something is exceeded."""
        waiting: dict[asyncio.Task[Any], Callable[[Any], Excess | None]] = {
            asyncio.create_task(collected.done.wait()): lambda _: collected.excess,
            asyncio.create_task(self._ended.wait()): lambda _: Excess.PROCESSES if watchdog.bombed else None,
            asyncio.create_task(watchdog.watch()): lambda excess: excess,
        }
        try:
            done, _ = await asyncio.wait(waiting, timeout=wall, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                return Excess.WALL
            first = next(task for task in waiting if task in done)
            return waiting[first](first.result())
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _become_ready(self, limit: float) -> None:
        ready, ended = asyncio.create_task(self._ready.wait()), asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({ready, ended}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
            ended.cancel()
        if not self._ready.is_set():
            raise SealUnavailable(TOO_SLOW if self.alive else self._why())

    def _why(self) -> str:
        words = self._last_words.decode("utf-8", "replace").strip().splitlines()
        said = f" It said: {words[-1][:300]}" if words else ""
        return f"A sealed Ray cluster could not be started.{said}"

    async def _read(self) -> None:
        """Take the sandbox's frames, until it ends or breaks the protocol."""
        assert self._process.stdout is not None
        try:
            while True:
                kind, length = frames.unpack_header(
                    await self._process.stdout.readexactly(frames.HEADER.size)
                )
                self._take(kind, await self._process.stdout.readexactly(length))
        except (asyncio.IncompleteReadError, ValueError, ConnectionError):
            self._ended.set()

    def _take(self, kind: bytes, payload: bytes) -> None:
        if kind == frames.READY:
            self.loaded = self.loaded or frozenset(_loaded(payload))
            self._ready.set()
        elif self._collecting is not None:
            self._collecting.take(kind, payload)

    async def _listen(self) -> None:
        """Keep the last of what is said on standard error, for the one who must find out why."""
        assert self._process.stderr is not None
        while data := await self._process.stderr.read(65536):
            self._last_words += data
            del self._last_words[:-_LAST_WORDS]

    async def _send(self, kind: bytes, payload: bytes) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(frames.pack(kind, payload))
            await self._process.stdin.drain()

    def _kill(self) -> None:
        """The death of process 1 inside is the death of everything there."""
        self._ended.set()
        if isinstance(self._process, ForkedProcess):
            self._process.kill()
        elif self._process.returncode is None:
            end(self._process.pid)


def _packed(code: str, modules: Sequence[InputFile], arguments: Sequence[str]) -> bytes:
    files = {file.name: base64.b64encode(file.content).decode() for file in modules}
    head = {"modules": files, "arguments": list(arguments)}
    return json.dumps(head).encode() + b"\n" + code.encode("utf-8", "surrogatepass")


async def _sealed(
    settings: ClusterSettings, data: Furnishing, group: ControlGroup | None, mounts: Mounts
) -> asyncio.subprocess.Process:
    with Seal(settings.spaces, data, mounts) as seal:
        words = (sys.executable, "-s", "-m", "inside", settings.as_argument(mounts))
        command = seal.observed_command(*words, path=PACKAGE)
        return await _started(group.entering(command) if group else command, seal.fds)


async def _started(command: Sequence[str], fds: Sequence[int]) -> asyncio.subprocess.Process:
    """In Python 3.11 a start that is cancelled waits for the process's end: so it is carried through, and then ended."""
    starting = asyncio.create_task(
        asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={},
            cwd="/",
            pass_fds=fds,
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        process = await starting
        end(process.pid)
        await process.wait()
        raise


class _Collected:
    """The record of one program as it grows; what is over a limit is not kept."""

    def __init__(self, limits: ValidationLimits, progress: ProgressWatch) -> None:
        self._progress = progress
        self._demand: Demand | None = None
        self._cuda = False
        self._unstored: int | None = None
        self._written: tuple[Written, ...] = ()
        self._room = limits.output
        self._facts_room = limits.artifacts * 4 // 3 + _FACTS_OVERHEAD
        self._parts: dict[bytes, bytearray] = {
            frames.STDOUT: bytearray(),
            frames.STDERR: bytearray(),
            frames.FACTS: bytearray(),
        }
        self._status: int | None = None
        self._cpu = 0.0
        self._attempted = Attempted()
        self.excess: Excess | None = None
        self.done = asyncio.Event()

    @property
    def record(self) -> AttemptRecord:
        stdout, stderr, facts = (bytes(part) for part in self._parts.values())
        return AttemptRecord(
            stdout,
            stderr,
            facts,
            self._status,
            cpu=self._cpu,
            truncated=self.excess is Excess.OUTPUT,
            attempted=self._attempted,
            demand=self._demand,
            cuda=self._cuda,
            unstored=self._unstored,
            written=self._written,
        )

    def go_on(self) -> None:
        """Take what still comes after a demand that can't be met."""
        if self.excess is Excess.HARDWARE:
            self.excess = None
            self.done.clear()

    def take(self, kind: bytes, payload: bytes) -> None:
        if self.done.is_set():
            return
        if kind == frames.ENDED:
            self._status, self._cpu = _end(payload)
            self.done.set()
        elif kind == frames.NOTED:
            self._note(payload)
        elif kind == frames.FACTS:
            self._parts[kind] += payload[: self._facts_room]
            self._facts_room -= min(len(payload), self._facts_room)
        elif kind in self._parts:
            self._progress.wrote()
            self._parts[kind] += payload[: self._room]
            self._room -= len(payload)
            if self._room < 0:
                self.excess = Excess.OUTPUT
                self.done.set()

    def _note(self, payload: bytes) -> None:
        if payload.startswith(_FINISHED):
            self._progress.finished()
        elif payload == frames.CUDA:
            self._cuda = True
        elif (size := _unstored(payload)) is not None:
            self._unstored = size
        elif payload.startswith(_WRITTEN):
            self._written = _places(payload)
        elif self._demand is None and (found := demand(payload)):
            self._demand, self.excess = found, Excess.HARDWARE
            self.done.set()
        else:
            self._attempted = self._attempted.with_note(payload)


def _unstored(note: bytes) -> int | None:
    with contextlib.suppress(ValueError, TypeError):
        kind, size = from_json(note)
        return size if kind == frames.UNSTORED and isinstance(size, int) else None
    return None


def _places(payload: bytes) -> tuple[Written, ...]:
    try:
        return _FOUND.validate_json(payload)[1]
    except ValidationError:
        return ()


def _loaded(payload: bytes) -> list[str]:
    """The top-level packages that drivers and workers have imported before any program comes."""
    found = from_json(payload)
    return [str(name) for name in found["loaded"]]


def _genuine(facts: bytes, token: bytes) -> bytes:
    """The facts that the driver wrote; none where the program wrote where they belong."""
    return facts.removeprefix(token) if facts.startswith(token) else b""


def _end(payload: bytes) -> tuple[int | None, float]:
    """The driver's status, and the seconds of processor time that the whole sandbox took."""
    try:
        options = from_json(payload)
        return int(options["status"]), float(options["cpu"])
    except (ValueError, TypeError, KeyError, OverflowError):
        return None, 0.0
