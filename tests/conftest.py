"""Fixtures for tests of every kind."""

from __future__ import annotations

import signal
from collections.abc import Generator

import pytest

from tests import postgres as server

# A shell makes what it starts in the background ignore interrupts, and programs under test would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def postgres() -> Generator[str]:
    """The URL of an empty PostgreSQL; tests that ask for it are marked with `tests.postgres.needed`."""
    with server.serving() as url:
        yield url
