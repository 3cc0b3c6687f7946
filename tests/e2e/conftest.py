"""Playgrounds that end-to-end tests share and leave alive: one with the cookbook, one with a model that does as it is asked."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.playground.anthropic import ModelStandIn
from tests.e2e.playground import Playground, running


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def play(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Playground]:
    state: Path = tmp_path_factory.mktemp("play")
    async with running(state) as playground:
        yield playground


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def model() -> AsyncGenerator[ModelStandIn]:
    async with ModelStandIn(pace=0.2).serve() as serving:
        yield serving


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def weak(model: ModelStandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Playground]:
    """A playground whose model service does what the test says."""
    chosen = {
        "ANTHROPIC_API_KEY": "sk-test",
        "ANTHROPIC_BASE_URL": model.url,
        "RAYGEN_FALLBACK_MODELS": "claude-haiku-5-5",
        "RAYGEN_POOL_SIZE": "0",
    }
    state: Path = tmp_path_factory.mktemp("weak")
    async with running(state, **chosen) as playground:
        yield playground
