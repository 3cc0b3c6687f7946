"""What a worker of the embedded cluster sees beside its run's own files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from services.execution import enclosure


@pytest.mark.parametrize("below", [enclosure.TMP, enclosure.HOME, None])
def test_an_interpreter_below_a_runs_own_directories_stays(
    below: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = str((below or Path("/opt")) / "raygen" / ".venv")
    monkeypatch.setattr(sys, "prefix", environment)
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    shown = ["--ro-bind", environment, environment] if below else []
    assert enclosure._interpreter() == shown
