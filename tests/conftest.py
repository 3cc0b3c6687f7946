"""Fixtures for tests of every kind."""

from __future__ import annotations

import gc
import signal
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import postgres as server
from tests.kinds import pytest_collection_modifyitems, pytest_runtest_setup, pytest_runtest_teardown

__all__ = ["pytest_collection_modifyitems", "pytest_runtest_setup", "pytest_runtest_teardown"]

# A shell makes what it starts in the background ignore interrupts, and programs under test would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


# What collecting the tests imports stays, so looking for garbage in it, again and again, is a tenth of all the work.
gc.disable()

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.scheduling import Scheduling  # noqa: PLC0415  # only where pytest-xdist is in use

    return Scheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tracebacks begin at the test, plain ones too."""
    if call.excinfo is not None:
        call.excinfo.traceback = call.excinfo.traceback.cut(path=item.path)
    return (yield)


@pytest.fixture(scope="module")
def postgres() -> Generator[str]:
    """The URL of an empty PostgreSQL; tests that ask for it are marked with `tests.postgres.needed`."""
    with server.serving() as url:
        yield url
