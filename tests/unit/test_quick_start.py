"""The first things that a command imports leave out what is slow to import."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = {
    "aiohttp",
    "anthropic",
    "boto3",
    "dbos",
    "fastapi",
    "matplotlib",
    "mcp",
    "pandas",
    "ray",
    "slack_bolt",
    "sqlalchemy",
}


@pytest.mark.parametrize("first", ["bot.cli", "bot.settings", "bot.playground.launch"])
def test_the_first_imports_are_few(first: str):
    program = f"import sys, {first}; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert not SLOW & set(found.stdout.split())


def test_a_starting_bot_imports_little_before_its_cluster_starts():
    program = "import sys, bot.runtime.startup; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert not (SLOW - {"aiohttp"}) & set(found.stdout.split())
