"""A program that leaves the bot no thread to look with is judged by what else was seen."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

import pytest

from services.validation.progress import Progress, ProgressWatch


async def no_thread(_look: Callable[..., object], *_arguments: object) -> object:
    raise RuntimeError("can't start new thread")


@pytest.mark.parametrize("wrote", [False, True])
async def test_a_machine_without_threads_left_makes_no_exception(
    monkeypatch: pytest.MonkeyPatch, *, wrote: bool
):
    monkeypatch.setattr(asyncio, "to_thread", no_thread)
    watch = ProgressWatch(os.getpid(), 0.02)
    await watch.watch()
    if wrote:
        watch.wrote()
    seen = await watch.seen()
    assert (seen, seen.made) == (Progress(window=0.01, wrote=wrote), wrote)
