"""One playground for all end-to-end tests that leave it alive."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.playground import Playground, running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def play(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Playground]:
    state: Path = tmp_path_factory.mktemp("play")
    async with running(state) as playground:
        yield playground
