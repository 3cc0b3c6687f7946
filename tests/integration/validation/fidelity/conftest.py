"""What an ordinary `python program.py` does, for all who compare with it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.validation.fidelity import reference
from tests.integration.validation.fidelity.record import recorded
from tests.integration.validation.fidelity.reference import PROGRAMS, Ended

# Each one in so many is run anew, so that the record can't outlive what it tells; REFERENCES=all runs all of them.
_EACH = 15


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def ordinary(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncGenerator[dict[Path, Awaitable[Ended]]]:
    """What each program that is asked for does: as it was written down, where that holds, and else as it is run now."""
    asked = {_parameters(item).get("path") for item in request.session.items}
    known = {} if os.environ.get("REFERENCES") == "all" else recorded()
    sample = PROGRAMS[::_EACH]
    anew = [path for path in PROGRAMS if path in asked and (path in sample or path not in known)]
    place = tmp_path_factory.mktemp("r")  # Ray's sockets need short paths
    async with reference.ordinary(anew, place) as running:
        yield {**{path: _done(ended) for path, ended in known.items()}, **running}


def _done(ended: Ended) -> asyncio.Future[Ended]:
    future: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
    future.set_result(ended)
    return future


def _parameters(item: pytest.Item) -> dict[str, object]:
    return item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
