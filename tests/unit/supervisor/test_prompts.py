"""The prompts that are shipped: each text has its version."""

from __future__ import annotations

import hashlib

import pytest

from services.domain.values import Engine
from services.supervisor import prompt
from services.supervisor.profile import Profile

# A prompt that changes gets a new version, and its line here a new hash.
SHIPPED = {
    "supervisor": (3, "77b6efba5227"),
    "generator-ray": (7, "6df5044bedc9"),
    "generator-spark": (1, "ba215069ec4b"),
}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_changed_prompt_has_a_new_version(name: str):
    shipped = prompt(name)
    digest = hashlib.sha256(shipped.text.encode()).hexdigest()[:12]
    assert (shipped.version, digest) == SHIPPED[name]


@pytest.mark.parametrize("engine", list(Engine))
def test_each_engine_has_its_prompt(engine: Engine):
    profile = Profile.of(engine)
    assert profile.label.startswith(f"generator-{engine}@")
    assert "submit_program" in profile.system
    assert not profile.system.startswith("version")
