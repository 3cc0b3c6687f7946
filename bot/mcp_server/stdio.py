"""MCP on standard input and output: mcp's own transport, behind which every line that is no message is answered."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, BinaryIO, cast

import anyio
from anyio.streams.memory import MemoryObjectSendStream
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage

from bot.mcp_server import envelope

_STDIN = 0


class _Lines:
    """Lines of bytes, as texts that mcp can read; what it can't is answered here.

    mcp drops what it can't read, and takes bytes that are no UTF-8 and carriage returns for something else than they are.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._answers: MemoryObjectSendStream[SessionMessage] | None = None
        self._ready = anyio.Event()

    def answer_on(self, stream: Any) -> None:
        self._answers = stream
        self._ready.set()

    async def __aiter__(self) -> AsyncIterator[str]:
        await self._ready.wait()
        assert self._answers is not None
        while line := await self._line():
            if line.isspace():
                continue
            try:
                message = self._read(line)
            except envelope.Refused as refused:
                await self._answers.send(SessionMessage(refused.answer))
            else:
                yield message

    def _read(self, line: bytes) -> str:
        if not line.endswith(b"\n") and len(line) > envelope.LIMIT:
            raise envelope.too_large(line)
        envelope.read(line.strip())
        return line.decode()

    async def _line(self) -> bytes:
        """The next line; of one that is too long the beginning alone is kept."""
        line = await anyio.to_thread.run_sync(self._source.readline, envelope.LIMIT + 2)
        if len(line) <= envelope.LIMIT or line.endswith(b"\n"):
            return line
        more = line
        while more and not more.endswith(b"\n"):
            more = await anyio.to_thread.run_sync(self._source.readline, 2**20)
        return line


@asynccontextmanager
async def streams() -> AsyncGenerator[tuple[Any, Any]]:
    """What a server reads from and writes to, until its context ends."""
    with _standard_input() as source:
        lines = _Lines(source)
        async with stdio_server(stdin=cast("anyio.AsyncFile[str]", lines)) as (reading, writing):
            lines.answer_on(writing)
            yield reading, writing


@contextmanager
def _standard_input() -> Generator[BinaryIO]:
    """Exclusive use of standard input: other readers find end-of-file, as with mcp's own claim."""
    if sys.stdin.buffer.fileno() != _STDIN:
        yield sys.stdin.buffer
        return
    ours, nothing = os.dup(_STDIN), os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, _STDIN)
    os.close(nothing)
    try:
        # A thread may still read it when this ends, so that its number must not be used again.
        yield os.fdopen(ours, "rb", closefd=False)
    finally:
        os.dup2(ours, _STDIN)
