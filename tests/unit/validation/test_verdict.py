"""A verdict is what was observed from outside; whatever a program says of itself never turns it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.values import Verdict
from services.validation.interface import ValidationLimits
from services.validation.pool import PoolSettings, affordable
from services.validation.sandbox import AttemptRecord
from services.validation.verdict import conclude
from services.validation.watchdog import Excess

LIMITS = ValidationLimits()
KEYS = st.sampled_from(
    [
        "exit_code",
        "value",
        "failure",
        "missing_module",
        "infeasible",
        "wall",
        "cpu",
        "peak_memory",
        "tasks",
        "resources",
        "touched",
        "artifacts",
        "dropped",
        "verdict",
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
CLAIMS = st.dictionaries(KEYS, ANYTHING, max_size=8)


@given(CLAIMS, st.integers(-64, 255))
def test_claims_never_turn_a_verdict_into_a_pass_or_a_pass_into_a_failure(claims: Any, status: int):
    outcome = conclude(AttemptRecord(facts=json.dumps(claims).encode(), status=status), LIMITS)
    assert outcome.passed == (status == 0)
    assert outcome.exit_code == status


@given(CLAIMS, st.sampled_from(list(Excess)))
def test_what_was_exceeded_is_the_verdict(claims: Any, excess: Excess):
    outcome = conclude(AttemptRecord(facts=json.dumps(claims).encode(), status=0, excess=excess), LIMITS)
    assert outcome.verdict in {
        Verdict.TIMED_OUT,
        Verdict.OUT_OF_MEMORY,
        Verdict.OUTPUT_LIMIT,
        Verdict.KILLED,
    }


@pytest.mark.parametrize(
    "facts",
    [
        b"",
        b"no json",
        b"[]",
        b"null",
        b"{",
        b'{"exit_code": NaN}',
        b"[" * 100_000,
        b"\xff",
        b'{"artifacts": [{}]}',
    ],
)
def test_broken_claims_are_no_claims(facts: bytes):
    outcome = conclude(AttemptRecord(facts=facts, status=1, stdout=b"said\xff"), LIMITS)
    assert (outcome.verdict, outcome.value, outcome.failure) == (Verdict.FAILED, None, None)
    assert outcome.stdout == "said\ufffd"


@pytest.mark.parametrize("name", ["../../x", "a/b", "..", "", "x\n\u202ey", "C:\\x", "." * 10])
def test_a_claimed_file_has_a_bare_name(name: str):
    claims = {"artifacts": [{"name": name, "media_type": "text/plain", "content": "eA=="}] * 2}
    outcome = conclude(AttemptRecord(facts=json.dumps(claims).encode(), status=0), LIMITS)
    names = [artifact.name for artifact in outcome.artifacts]
    assert len(set(names)) == len(names)
    assert all(shown.isprintable() and "/" not in shown and shown.strip(".") for shown in names)


def test_claimed_files_have_limited_room():
    content = "A" * 4000
    claims = {"artifacts": [{"name": "a", "media_type": "text/plain", "content": content}] * 10}
    outcome = conclude(
        AttemptRecord(facts=json.dumps(claims).encode(), status=0), ValidationLimits(artifacts=7000)
    )
    assert sum(artifact.size for artifact in outcome.artifacts) <= 7000
    assert len(outcome.artifacts) == 2


def test_a_pool_never_plans_with_more_memory_than_there_is():
    planned = affordable(PoolSettings(size=10**6, most=10**6))
    assert 1 <= planned.size < 1000
    assert planned.most == planned.size
    tiny = affordable(PoolSettings(limits=ValidationLimits(memory=2**60)))
    assert (tiny.size, tiny.most) == (1, 1)
    assert affordable(PoolSettings(size=0)).size == 0
