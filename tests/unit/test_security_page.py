"""Each claim of docs/security.md names tests, and all of these exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()


def test_each_test_that_it_names_exists():
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    sources = "\n".join(file.read_text() for file in (ROOT / "tests").rglob("test_*.py"))
    there = set(re.findall(r"def (test_\w+)\(", sources))
    assert len(named) > 20
    assert sorted(named - there) == []


def test_each_claim_names_a_test():
    claims = re.findall(r"^- (?!\*\*Not guaranteed)(.+?)(?=\n-|\n\n)", PAGE, re.MULTILINE | re.DOTALL)
    unproven = [claim[:70] for claim in claims if "`test_" not in claim and "no boundary" not in claim]
    assert len(claims) > 15
    assert unproven == []
