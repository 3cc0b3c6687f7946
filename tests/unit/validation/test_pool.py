"""How long a request waits for a sealed cluster: slow starts are waited for, failing ones are not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import pytest

from services.domain.errors import SealUnavailable
from services.validation import pool as module
from services.validation.pool import PoolSettings, SealedPool
from services.validation.sandbox import TOO_SLOW, Sandbox

SETTINGS = PoolSettings(size=1)


@dataclass
class Started:
    """A sandbox that is up."""

    alive: bool = True
    born: float = float("inf")

    async def close(self) -> None:
        self.alive = False


def starts_after(monkeypatch: pytest.MonkeyPatch, go: asyncio.Event, problem: str = "") -> None:
    async def start(*_: object, **__: object) -> Started:
        await go.wait()
        if problem:
            raise SealUnavailable(problem)
        return Started()

    monkeypatch.setattr(Sandbox, "start", start)


async def test_a_slow_start_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_FAILING", 0.01)
    go = asyncio.Event()
    starts_after(monkeypatch, go)
    async with SealedPool(SETTINGS) as pool:
        taking = asyncio.create_task(pool.take(()))
        await asyncio.sleep(0.05)
        assert not taking.done(), "slow is not broken"
        assert pool.readiness().missing == "Sealed clusters are starting."
        go.set()
        async with asyncio.timeout(10):
            assert (await taking).alive


async def test_a_start_without_end_is_called_slow(monkeypatch: pytest.MonkeyPatch):
    starts_after(monkeypatch, asyncio.Event())
    quick = replace(SETTINGS, cluster=replace(SETTINGS.cluster, start_limit=0.05))
    async with SealedPool(quick) as pool, asyncio.timeout(10):
        with pytest.raises(SealUnavailable, match=TOO_SLOW.split(":", maxsplit=1)[0]):
            await pool.take(())


async def test_a_failing_start_is_named_before_long(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_FAILING", 0.05)
    go = asyncio.Event()
    go.set()
    starts_after(monkeypatch, go, "bubblewrap can't be started (Permission denied).")
    async with SealedPool(SETTINGS) as pool, asyncio.timeout(10):
        with pytest.raises(SealUnavailable, match="Permission denied"):
            await pool.take(())
        assert "Permission denied" in pool.readiness().missing
