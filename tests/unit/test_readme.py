"""The README tells every setting, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from bot.settings import Settings

README = Path(__file__).parents[2] / "README.md"


def test_its_table_is_the_settings():
    rows = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`([A-Z_0-9]+)`", row.split("|")[1])}
    assert told == {field.alias for field in Settings.model_fields.values()}
