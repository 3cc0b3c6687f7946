"""The runner that is used: Monty first, and what needs more of Python than that goes to CPython, in a seal or in WebAssembly."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

from services.domain.errors import SealUnavailable
from services.snippets.asked import ProcessRunner
from services.snippets.eryx import EryxRunner
from services.snippets.interface import TIMEOUT, Snippet, stopped
from services.snippets.monty import MontyRunner, NotForMonty, open_monty
from services.snippets.reading import read
from services.snippets.sealed import SealedRunner

_LEAST = 1.0


class FallThrough:
    """Implements SnippetRunner. What Monty printed before it gave up is not shown: the other one prints it again."""

    def __init__(self, first: MontyRunner, second: ProcessRunner) -> None:
        self._first = first
        self._second = second
        self.fell = 0

    async def run(self, code: str, *, limit: float = TIMEOUT) -> Snippet:
        began = time.monotonic()
        parsed = read(code)
        if parsed.error:
            return Snippet(error=parsed.error, engine="monty")
        try:
            return await self._first.run(parsed, limit=limit)
        except NotForMonty:
            self.fell += 1
        spent = time.monotonic() - began
        try:
            snippet = await self._second.run_read(parsed, round(max(limit - spent, _LEAST), 1))
        except SealUnavailable:
            return Snippet(error="This needs Python features that can't be run safely on this machine.")
        if not snippet.stopped:
            return snippet
        return replace(snippet, error=stopped(spent + snippet.wall), wall=spent + snippet.wall)


@asynccontextmanager
async def open_snippets(*, namespaces: bool = True) -> AsyncGenerator[FallThrough]:
    """Without `namespaces`, where the kernel gives none to us, CPython runs in WebAssembly."""
    async with open_monty() as first:
        yield FallThrough(first, SealedRunner() if namespaces else EryxRunner())
