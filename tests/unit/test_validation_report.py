"""The reports of `raygen validate` and of the MCP server: output as a terminal would show it."""

from __future__ import annotations

import json

from bot.mcp_server.answers import Validation
from bot.reports.validation import as_json
from services.domain.values import Outcome, PolicyReport, Verdict
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
