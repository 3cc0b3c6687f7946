"""Answers of the validation Lambda: truthful, whole where they fit, and read back as what they were."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.lambdas.answers import answer, refusal
from bot.lambdas.snippets import shown
from services.domain.values import (
    Artifact,
    Failure,
    Frame,
    Outcome,
    TaskCount,
    Verdict,
)
from services.lambdas.errors import FunctionGarbled
from services.lambdas.snippets import snippet_of
from services.lambdas.validation import outcome_of
from services.lambdas.wire import PAYLOAD, dump_snippet
from services.snippets.interface import Snippet

PASSED = Outcome(
    verdict=Verdict.PASSED, stdout="3\n", value="4", wall=1.5, tasks=(TaskCount("f", "FINISHED", 2),), resources={"CPU": 1.0}
)  # fmt: skip
FAILED = Outcome(
    verdict=Verdict.FAILED, stdout="before\n", failure=Failure("ValueError", "no", (Frame(3, "f", "raise"),)), exit_code=1
)  # fmt: skip


def test_a_success_has_the_five_keys_of_other_systems():
    assert answer("job-1", PASSED, details=False) == {
        "success": True,
        "job_id": "job-1",
        "status": "SUCCEEDED",
        "output": "3\n",
        "error": None,
    }


@pytest.mark.parametrize(
    ("outcome", "status", "error"),
    [
        (FAILED, "FAILED", "ValueError: no (line 3)"),
        (Outcome(verdict=Verdict.TIMED_OUT, detail="It was stopped after 5 s."), "STOPPED", "It was stopped after 5 s."),
        (Outcome(verdict=Verdict.NOT_IMPORTABLE, detail="torch"), "FAILED", "The cluster has no module 'torch'."),
        (Outcome(verdict=Verdict.UNAVAILABLE, detail="Not there."), "UNAVAILABLE", "Not there."),
        (Outcome(verdict=Verdict.KILLED), "FAILED", "The program failed."),
    ],
)  # fmt: skip
def test_what_did_not_pass_is_no_success(outcome: Outcome, status: str, error: str):
    reported = answer("job-1", outcome, details=False)
    assert (reported["success"], reported["status"], reported["error"]) == (False, status, error)


def test_a_refusal_ran_nothing():
    reported = refusal("No.")
    assert (reported["success"], reported["job_id"], reported["error"]) == (False, None, "No.")


@pytest.mark.parametrize("letter", ["x", "ü", "☃", "🎉", '"', "\x00"])
def test_however_much_was_printed_the_answer_fits(letter: str):
    outcome = replace(FAILED, stdout="begin\n" + (letter * 99 + "\n") * 70_000 + "end")
    reported = answer("job-1", outcome, details=True)
    assert len(json.dumps(reported)) < PAYLOAD
    assert reported["output"].startswith("begin\n")
    assert reported["output"].endswith("end")
    assert "left out" in reported["output"]
    assert len(json.dumps(reported)) > PAYLOAD / 2, "no more is left out than must be"


@pytest.mark.parametrize("outcome", [PASSED, FAILED])
def test_with_details_it_is_read_back_as_it_was(outcome: Outcome):
    outcome = replace(outcome, artifacts=(Artifact("plot.png", "image/png", bytes(range(256))),))
    reported = json.loads(json.dumps(answer("job-1", outcome, details=True)))
    assert outcome_of(reported, "f") == outcome


def test_files_that_do_not_fit_are_named():
    small = Artifact("small.csv", "text/csv", b"1,2")
    large = Artifact("large.bin", "application/octet-stream", bytes(PAYLOAD))
    reported = answer("job-1", replace(PASSED, artifacts=(large, small)), details=True)
    outcome = outcome_of(json.loads(json.dumps(reported)), "f")
    assert outcome.artifacts == (small,)
    assert outcome.remarks == ("The file large.bin (6.3 MB) was too large to come back from Lambda.",)


def test_an_answer_without_details_is_enough():
    reported = {"success": False, "job_id": "j", "status": "FAILED", "output": "x", "error": "ValueError"}
    assert outcome_of(reported, "f") == Outcome(verdict=Verdict.FAILED, stdout="x", detail="ValueError")
    assert outcome_of({**reported, "success": True, "status": "SUCCEEDED", "error": ""}, "f").passed


@pytest.mark.parametrize(
    "reported",
    [
        None, [], "ok", {}, {"success": True}, {"success": "yes", "status": "SUCCEEDED"},
        {"success": True, "status": "FAILED"}, {"success": True, "status": "SUCCEEDED", "details": {}},
        {**answer("j", PASSED, details=True), "success": False},
        {**answer("j", FAILED, details=True), "success": True},
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_no_outcome(reported: Any):
    with pytest.raises(FunctionGarbled):
        outcome_of(reported, "f")


def test_snippets_are_read_back_as_they_were_or_from_the_plain_shape():
    snippet = Snippet("a\n", "4", None, "eryx", 0.1)
    body = {"output": "a\n4\n", "errors": "", "success": True}
    assert snippet_of({"statusCode": 200, "body": {**body, "details": dump_snippet(snippet)}}, "f") == snippet
    plain = Snippet("a\n4\n", engine="lambda")
    assert snippet_of({"statusCode": 200, "body": body}, "f") == plain
    assert snippet_of({"statusCode": 200, "body": json.dumps(body)}, "f") == plain
    failed = {"output": "", "errors": "ValueError: no", "success": False}
    assert snippet_of({"statusCode": 200, "body": failed}, "f").error == "ValueError: no"


@pytest.mark.parametrize(
    "reported", [None, {}, {"statusCode": 200}, {"statusCode": 200, "body": "{"}, {"statusCode": 200, "body": {"output": "", "errors": "x", "success": True}}]
)  # fmt: skip
def test_a_snippet_of_another_shape_is_none(reported: Any):
    with pytest.raises(FunctionGarbled):
        snippet_of(reported, "f")


@pytest.mark.parametrize(
    ("snippet", "text"),
    [
        (Snippet("a\n"), "a\n"),
        (Snippet(value="4"), "4\n"),
        (Snippet("a", "4"), "a\n4\n"),
        (Snippet("a\n", "4", truncated=True), "a\n4\n… more than this was not kept …\n"),
        (Snippet("a", truncated=True), "a\n… more than this was not kept …\n"),
    ],
)
def test_what_a_snippet_shows_is_what_an_interpreter_would(snippet: Snippet, text: str):
    assert shown(snippet) == text
