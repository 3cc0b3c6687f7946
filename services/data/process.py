"""Reads data in a process of its own: it ends at a limit whatever hangs, and takes its memory with it.

Files come from other people, and libraries that read them are written in C and C++.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from services.data.credentials import Value
from services.data.interface import Estimate, Sampled
from services.domain.connections import Connection
from services.domain.errors import DataUnavailable, RaygenError, StorageFull

_ROOT = Path(__file__).parents[2]
_SECONDS = 600.0
_SECONDS_TO_LOOK = 120.0


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look at a connection shows."""

    schema: dict[str, str]
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Work:
    """What is done in the process: a sample into `folder`, else a look; for a catalog its tables are looked up."""

    value: Value
    key: bytes = field(default=b"", repr=False)
    folder: Path | None = None
    discover: bool = False

    def __call__(self) -> object:
        from services.data.masking import Masker  # noqa: PLC0415  # these load pyarrow, in the process alone
        from services.data.registry import discovered, source  # noqa: PLC0415

        connection = self.value.connection
        if self.discover:
            return tuple(discovered(connection, self.value))
        opened = source(connection, self.value, Masker(self.key))
        if self.folder is not None:
            return opened.sample(self.folder)
        return Checked(dict(opened.schema()), opened.estimate())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What comes of the work: one of these."""

    sampled: Sampled | None = None
    checked: Checked | None = None
    tables: tuple[Connection, ...] = ()
    fault: str = ""
    full: bool = False


_ANSWER = TypeAdapter(_Answer)


def _answer(found: object) -> _Answer:
    match found:
        case Sampled():
            return _Answer(sampled=found)
        case Checked():
            return _Answer(checked=found)
        case _:
            return _Answer(tables=cast("tuple[Connection, ...]", found))


Run = Callable[[Work, float], Awaitable[object]]
"""Does the work within so many seconds."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads data. Everything raises DataUnavailable with a sentence that says what to do."""

    run: Run

    async def sampled(self, value: Value, key: bytes, folder: Path) -> Sampled:
        """Write a sample below `folder`. Raises StorageFull, too."""
        return cast("Sampled", await self.run(Work(value, key, folder), _SECONDS))

    async def checked(self, value: Value, key: bytes) -> Checked:
        """The schema and size, which shows that the data can be read."""
        return cast("Checked", await self.run(Work(value, key), _SECONDS_TO_LOOK))

    async def tables(self, value: Value) -> tuple[Connection, ...]:
        """The tables of a catalog."""
        return cast("tuple[Connection, ...]", await self.run(Work(value, discover=True), _SECONDS_TO_LOOK))


async def apart(work: Work, seconds: float) -> object:
    """In a process of its own, which is gone when this ends, however it ends."""
    name = work.value.connection.name
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-c", f"from {__name__} import main; main()"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
    )
    try:
        async with asyncio.timeout(seconds):
            answer, _ = await child.communicate(pickle.dumps(work))
    except TimeoutError:
        raise DataUnavailable(
            f"Reading `{name}` took more than {seconds:.0f} seconds. Lower `rows` or `files` of its sample, or check the network."
        ) from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise DataUnavailable(
            f"Reading `{name}` ended its process: it may have run out of memory, or a file is damaged. Lower `mb` of its sample, or check its files."
        )
    # Files of other people were read in there, so it is taken as data, whatever it says.
    try:
        found = _ANSWER.validate_json(answer)
    except ValidationError:
        raise DataUnavailable(f"Reading `{name}` gave no answer. `raygen data check` tries again.") from None
    if found.full:
        raise StorageFull
    if found.fault:
        raise DataUnavailable(found.fault)
    return found.sampled or found.checked or found.tables


APART = Reader(apart)


def main() -> None:
    """Read the work from the standard input, and write what comes of it to the standard output."""
    answer = os.dup(1)
    # What a library prints goes nowhere.
    os.dup2(2, 1)
    os.nice(5)
    work: Any = pickle.loads(sys.stdin.buffer.read())  # noqa: S301  # from our own process
    try:
        found = _answer(work())
    except StorageFull:
        found = _Answer(full=True)
    except RaygenError as failed:
        found = _Answer(fault=failed.public)
    with os.fdopen(answer, "wb") as out:
        out.write(_ANSWER.dump_json(found))
        out.flush()
    # Threads of libraries may go on.
    os._exit(0)
