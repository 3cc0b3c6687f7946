"""What an ordinary `python program.py` does, for all who compare with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.validation.fidelity import reference
from tests.integration.validation.fidelity.reference import Ended


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def ordinary(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncGenerator[dict[Path, Awaitable[Ended]]]:
    """What each program that is asked for does under an ordinary `python`, two at a time, begun ahead."""
    asked = {_parameters(item).get("path") for item in request.session.items}
    two = asyncio.Semaphore(2)
    place = tmp_path_factory.mktemp("r")  # Ray's sockets need short paths

    async def run(path: Path) -> Ended:
        code = path.read_text(encoding="utf-8")
        async with two:
            return await reference.run(
                reference.ELSEWHERE.sub("auto", code),
                place / path.stem,
                None if "# alone" in code else address,
            )

    async with reference.ordinary_cluster(place) as address:
        running = {path: asyncio.create_task(run(path)) for path in reference.PROGRAMS if path in asked}
        yield dict(running)
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)


def _parameters(item: pytest.Item) -> dict[str, object]:
    return item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
