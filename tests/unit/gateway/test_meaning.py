"""What a tool's answer means: a success only where the tool says so, and nothing where it can't be understood."""

from __future__ import annotations

import pytest

from services.domain.values import Verdict
from services.gateway.errors import GatewayAnswer, ToolFailed
from services.gateway.wire import outcome_of, snippet_of
from services.snippets.interface import OUTPUT, Snippet

JOB = {"job_id": "raysubmit_1", "output": "Result: 3\n", "error": None}


@pytest.mark.parametrize(
    ("answer", "verdict", "detail"),
    [
        ({**JOB, "success": True, "status": "SUCCEEDED"}, Verdict.PASSED, None),
        ({"success": True, "output": "Result: 3\n"}, Verdict.PASSED, None),
        ({**JOB, "success": False, "status": "FAILED", "error": "Traceback\n  …\nValueError: no"}, Verdict.FAILED, "ValueError: no"),
        ({**JOB, "success": False, "status": "STOPPED", "error": "stopped after 60 s"}, Verdict.TIMED_OUT, "stopped after 60 s"),
        ({**JOB, "success": False, "status": "FAILED", "verdict": "out_of_memory", "error": "3 GB"}, Verdict.OUT_OF_MEMORY, "3 GB"),
        ({"success": False, "job_id": None, "status": None, "error": "Cannot connect to 10.0.0.5"}, Verdict.UNAVAILABLE,
         "The tool behind the MCP gateway could not validate it: Cannot connect to 10.0.0.5"),
        ({**JOB, "success": False, "status": "PENDING"}, Verdict.UNAVAILABLE,
         "The tool behind the MCP gateway could not validate it (its job is pending): it gave no reason"),
    ],
)  # fmt: skip
def test_an_answer_of_the_validation(answer: object, verdict: Verdict, detail: str | None):
    outcome = outcome_of(answer, where="elsewhere")
    assert (outcome.verdict, outcome.detail, outcome.where) == (verdict, detail, "elsewhere")
    assert outcome.proposable is (verdict is Verdict.PASSED)


@pytest.mark.parametrize(
    "answer",
    [
        {**JOB},
        {**JOB, "success": "true"},
        {**JOB, "success": 1},
        {**JOB, "success": None},
        {**JOB, "success": True, "status": "FAILED"},
        {**JOB, "success": True, "status": "SUCCEEDED", "error": "it broke"},
        {**JOB, "success": True, "status": "RUNNING"},
        {**JOB, "success": True, "verdict": "failed"},
        {**JOB, "success": False, "status": "SUCCEEDED"},
        {**JOB, "success": True, "output": ["a"]},
        {"errorMessage": "Task timed out after 300.00 seconds"},
        [],
        None,
        "SUCCEEDED",
    ],
)
def test_what_can_not_be_understood_or_contradicts_itself_is_no_outcome(answer: object):
    with pytest.raises(GatewayAnswer):
        outcome_of(answer, where="")


def test_an_answer_of_a_snippet():
    bare = {"success": True, "output": "42\n", "errors": ""}
    for answer in (
        bare,
        {"statusCode": 200, "body": bare},
        {"statusCode": 200, "body": '{"success": true, "output": "42\\n"}'},
    ):
        assert snippet_of(answer) == Snippet("42\n", engine="gateway")
    failed = snippet_of(
        {"statusCode": 400, "body": {"success": False, "output": "", "errors": "NameError: x"}}
    )
    assert (failed.success, failed.error) == (False, "NameError: x")
    silent = snippet_of({"success": False, "output": ""})
    assert silent.error == "It failed; the tool gave no reason."
    flood = snippet_of({"success": True, "output": "x" * (OUTPUT + 1)})
    assert (len(flood.output), flood.truncated) == (OUTPUT, True)


@pytest.mark.parametrize(
    "answer",
    [{"statusCode": 200, "body": "?"}, {"statusCode": 200, "body": {}}, {"success": True, "errors": "E"}, 3],
)
def test_a_snippet_whose_answer_can_not_be_understood(answer: object):
    with pytest.raises(GatewayAnswer):
        snippet_of(answer)


def test_a_snippet_that_was_not_run():
    with pytest.raises(ToolFailed):
        snippet_of({"statusCode": 500, "body": "{}"})
