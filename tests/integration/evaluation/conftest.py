"""What the tests of the evaluation need: a machine that can seal programs."""

from __future__ import annotations

import pytest

from services.validation.probe import probe


@pytest.fixture
async def sealed() -> None:
    readiness = await probe()
    if not readiness.ready:
        pytest.skip(readiness.missing)
