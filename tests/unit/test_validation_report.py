"""The reports of `raygen validate` and of the MCP server: as a terminal would show it, and without a line 0."""

from __future__ import annotations

import json

from bot.mcp_server.answers import Validation
from bot.reports.validation import as_json, as_text
from services.domain.values import Failure, Frame, Outcome, PolicyReport, Verdict
from services.supervisor.evidence import for_generator
from services.validation.examine import Examined

BAR = "".join(f"\r{done}%|{'#' * (done // 10)}" for done in range(101))


def test_of_a_progress_bar_the_last_state_is_reported():
    outcome = Outcome(
        verdict=Verdict.PASSED, stdout=f"before\n{BAR}\n", stderr=f"{BAR}\r\n\x1b[31mred\x1b[0m\n"
    )
    reported = json.loads(as_json(Examined(outcome)))
    assert reported["stdout"] == "before\n100%|##########\n"
    assert reported["stderr"] == "100%|##########\nred\n"
    answer = Validation.of(outcome, PolicyReport())
    assert (answer.output, answer.truncated) == (reported["stdout"] + reported["stderr"], False)


def test_a_line_that_python_does_not_name_is_not_line_0():
    failure = Failure("SyntaxError", "too deep", (Frame(0, "<module>", "x"), Frame(2, "work", "y")))
    failed = Outcome(verdict=Verdict.FAILED, exit_code=1, failure=failure)
    reported = as_text(Examined(failed))
    assert "line 0" not in reported + for_generator(1, failed, PolicyReport())
    assert "  in <module>: x\n  line 2, in work: y" in reported
