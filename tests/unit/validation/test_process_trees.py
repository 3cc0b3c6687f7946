"""Who has started whom: the same by the kernel's own lists and by a look at all processes, and with a limit not all of it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from services.isolation import processes
from services.isolation.processes import children, tree
from tests.waiting import until

FAMILY = "sleep 60 & sh -c 'sleep 60 & sleep 60 & wait' & wait"


@pytest_asyncio.fixture
async def root() -> AsyncGenerator[int]:
    process = await asyncio.create_subprocess_exec("/bin/sh", "-c", FAMILY, start_new_session=True)
    try:
        await until(lambda: len(tree(process.pid)) == 5)
        yield process.pid
    finally:
        for pid in tree(process.pid):
            os.kill(pid, signal.SIGKILL)
        await process.wait()


async def test_both_ways_find_the_same(root: int, monkeypatch: pytest.MonkeyPatch):
    found, own = set(tree(root)), set(children(root))
    monkeypatch.setattr(processes, "_LISTED", not processes._LISTED)
    assert set(tree(root)) == found
    assert set(children(root)) == own
    assert len(own) == 2


async def test_a_tree_is_followed_until_it_has_more_than_it_may(root: int):
    assert set(tree(root, 2)) == {root, *children(root)}
    assert len(tree(root, 4)) == 5


def test_a_process_that_is_gone_has_started_nothing():
    assert children(2**22 + 1) == []
    assert tree(2**22 + 1) == [2**22 + 1]
