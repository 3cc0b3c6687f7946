"""The lock files pin everything that pyproject.toml asks for, with hashes and without naming a registry."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
NEEDED = {
    "requirements.lock": PROJECT["project"]["dependencies"],
    "requirements-build.lock": [*GROUPS["build"], *PROJECT["build-system"]["requires"]],
    "requirements-dev.lock": [
        *PROJECT["project"]["dependencies"],
        *GROUPS["build"],
        *(line for line in GROUPS["dev"] if isinstance(line, str)),
    ],
}


def pins(lock: str) -> dict[str, str]:
    """What is pinned, by its name and condition."""
    found = re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)(.*)", (ROOT / lock).read_text(), re.MULTILINE)
    return {name + rest.rstrip("\\ "): version for name, version, rest in found}


@pytest.mark.parametrize("lock", NEEDED)
def test_every_dependency_is_pinned_within_its_range(lock: str):
    pinned = {name.split()[0]: version for name, version in pins(lock).items()}
    for line in NEEDED[lock]:
        requirement = Requirement(line)
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        assert name in pinned, f"{name} is not locked: run `make lock`"
        assert requirement.specifier.contains(pinned[name]), (
            f"{line} is locked at {pinned[name]}: run `make lock`"
        )


@pytest.mark.parametrize("lock", NEEDED)
def test_the_locks_agree_and_have_hashes_and_no_addresses(lock: str):
    assert pins(lock).items() <= pins("requirements-dev.lock").items(), "run `make lock`"
    text = (ROOT / lock).read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text
    assert "index-url" not in text


def test_the_playground_gets_no_development_tools():
    tools = {name.split()[0] for name in pins("requirements.lock")}
    assert not tools & {"pytest", "playwright", "pyright", "ruff", "hypothesis", "hatchling"}
