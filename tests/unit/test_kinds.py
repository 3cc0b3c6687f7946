"""Each test has one marker for what it starts, and one that starts more than that fails."""

from __future__ import annotations

import sys

import pytest

from tests.kinds import KINDS, ROOT, Watch, kind_of, needed
from tests.scheduling import ALONE, APART, LONG, SHARING, turn


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        (["/usr/bin/bwrap", "--unshare-all"], "sealed"),
        ([sys.executable, "-m", "services.execution.guard", "leases"], "cluster"),
        ([sys.executable, "-m", "bot", "playground", "--no-browser"], "cluster"),
        ([sys.executable, "-m", "ray.scripts.scripts", "start", "--head"], "cluster"),
        (["/site-packages/playwright/driver/node", "cli.js"], "browser"),
        ([sys.executable, "-c", "print('bwrap')"], None),
    ],
)
def test_a_command_needs_a_marker(command: list[str], kind: str | None):
    assert needed(command) == kind


def test_what_its_marker_does_not_cover_is_noted():
    watch = Watch()
    for allowed in KINDS:
        watch.allowed = allowed
        watch("subprocess.Popen", ("bwrap", ["bwrap", "true"], None, None))
    assert len(watch.started) == 2  # in a unit test, and in an integration test


def test_every_test_has_exactly_one(request: pytest.FixtureRequest):
    for item in request.session.items:
        assert [mark.name for mark in item.own_markers if mark.name in KINDS] == [kind_of(item)]


def test_the_groups_that_begin_first_are_there():
    for place in (*SHARING, *ALONE, *APART, *(group.split(",")[0] for group in LONG)):
        assert (ROOT / place).exists(), place
    assert turn("tests/e2e/test_chaos.py::test_a") == LONG.index("tests/e2e, apart")
    assert turn("tests/e2e/test_serve.py::test_a") == 0
    assert turn("tests/unit/test_kinds.py::test_a") == len(LONG)
