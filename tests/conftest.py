"""Fixtures for tests of every kind."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests import postgres as server


@pytest.fixture(scope="module")
def postgres() -> Generator[str]:
    """The URL of an empty PostgreSQL; tests that ask for it are marked with `tests.postgres.needed`."""
    with server.serving() as url:
        yield url
