"""Warnings of what was observed: what the code doesn't show, once, and of a run what its validation did not show either."""

from __future__ import annotations

import json

import pytest

from handlers.blocks import runs, tasks
from services.domain.values import Finding, Grade, PolicyReport, Touched
from services.policy.observed import warnings
from tests import builders

SECRET = "Reads an environment variable that usually holds a secret: PGPASSWORD."
OTHERS = "Reads other processes (/proc/1/environ), which exposes their secrets."
SEEN = Touched(environment=("HOME", "PGPASSWORD"), files=("/proc/1/environ", "/proc/cpuinfo"))


@pytest.mark.parametrize(
    ("touched", "found"),
    [
        (SEEN, (SECRET, OTHERS)),
        (
            Touched(files=("/home/ray/.aws/credentials",)),
            ("Reaches a file that usually holds secrets: /home/ray/.aws/credentials.",),
        ),
        (Touched(environment=("HOME",), files=("data.csv", "/proc/meminfo")), ()),
    ],
)
def test_secrets_and_other_processes_are_warned_of(touched: Touched, found: tuple[str, ...]):
    assert warnings(touched) == found


def test_the_card_warns_of_what_the_code_does_not_show():
    policy = PolicyReport(findings=(Finding("secret-environment", Grade.WARN, 3, SECRET),))
    proposal = builders.proposal(validation=builders.passed(touched=SEEN), policy=policy)
    shown = json.dumps(tasks.proposed(builders.card(proposal)).blocks)
    assert (shown.count(SECRET), shown.count(f"Observed: {OTHERS}")) == (1, 1)


def test_a_result_warns_of_what_only_its_run_did():
    outcome = builders.passed(touched=SEEN)
    before = builders.proposal(validation=builders.passed(touched=Touched(environment=("PGPASSWORD",))))
    assert json.dumps(runs.ended(builders.run(), before, outcome).blocks).count("in this run only") == 1
    same = builders.proposal(validation=outcome)
    assert "in this run only" not in json.dumps(runs.ended(builders.run(), same, outcome).blocks)
