"""How an outcome is put into words: once, without a second full stop, and never as something that it is not."""

from __future__ import annotations

import pytest

from services.domain.values import Finding, Grade, Outcome, Verdict
from services.supervisor.evidence import plain


@pytest.mark.parametrize("verdict", list(Verdict))
def test_no_reason_ends_in_a_full_stop(verdict: Verdict):
    assert not plain(Outcome(verdict=verdict, detail="The cluster lost it.")).endswith(".")


def test_a_run_without_a_result_is_no_validation():
    lost = Outcome(verdict=Verdict.UNAVAILABLE, detail="The cluster stopped during this run.")
    assert plain(lost) == "The cluster stopped during this run"
    assert "validation" not in plain(Outcome(verdict=Verdict.UNAVAILABLE))


def test_a_finding_about_the_whole_program_names_no_line():
    finding = Finding("too-complex", Grade.REFUSE, 0, "nested too deeply")
    assert finding.located == "nested too deeply"
    assert Finding("syntax-error", Grade.REFUSE, 3, "it is cut").located == "line 3: it is cut"
    in_file = Finding("too-complex", Grade.REFUSE, 0, "too long", file="helpers.py")
    assert in_file.located == "helpers.py: too long"
