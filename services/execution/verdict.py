"""Puts an outcome together: the verdict from the job's status, everything else from the driver's facts."""

from __future__ import annotations

from dataclasses import replace

from services.domain.values import Outcome, Verdict
from services.driver.report import UNFINISHED, fill, read
from services.execution.transcript import Transcript
from services.execution.wire import JobDetails
from services.text.formatting import signal_name

_UNCONFIRMED = "The cluster stopped before it confirmed the outcome, which is taken from the driver's record."
_UNKNOWN = "The cluster stopped before it confirmed the outcome, and the driver's record can't be read."
_SIGKILL = frozenset({-9, 137})
_KILLED = "The driver was killed (exit code {code}), most often because the node ran out of memory."
_RAYS_WORDS = "Job entrypoint command failed with exit code"


def conclude(details: JobDetails | None, transcript: Transcript, remarks: tuple[str, ...] = ()) -> Outcome:
    """What came of a job that has ended; without `details` (its job table is lost) only the facts count."""
    facts = read(transcript.facts)
    details = details and limited(details, transcript)
    result = transcript.outcome(Verdict.PASSED)
    if details is None:
        if facts.exit_code is None:
            return fill(replace(result, verdict=Verdict.UNAVAILABLE, detail=_UNKNOWN), facts)
        verdict = Verdict.FAILED if facts.exit_code else Verdict.PASSED
        return fill(replace(result, verdict=verdict, detail=_UNCONFIRMED, exit_code=facts.exit_code), facts)
    verdict = _verdict(details, transcript)
    detail = _reason(details, verdict)
    if verdict is Verdict.PASSED and transcript.begun and transcript.facts is None:
        remarks = (*remarks, UNFINISHED)
    result = replace(
        result,
        verdict=verdict,
        detail=detail,
        remarks=remarks,
        wall=details.ran(transcript.started),
        exit_code=details.driver_exit_code,
    )
    return fill(result, facts)


def limited(details: JobDetails, transcript: Transcript) -> JobDetails:
    """The details, where a job that was killed beyond its wall limit without a stop request counts as stopped."""
    killed = details.status == "FAILED" and details.driver_exit_code in _SIGKILL
    if not (killed and details.overdue(transcript.started)):
        return details
    return details.model_copy(update={"status": "STOPPED", "message": None, "driver_exit_code": None})


def _verdict(details: JobDetails, transcript: Transcript) -> Verdict:
    if details.status == "SUCCEEDED":
        return Verdict.PASSED
    if details.status == "STOPPED":
        return Verdict.TIMED_OUT if details.overdue(transcript.started) else Verdict.STOPPED
    code = details.driver_exit_code or 0
    if transcript.facts is None and (code in _SIGKILL or code < 0):
        return Verdict.KILLED
    return Verdict.FAILED


def _reason(details: JobDetails, verdict: Verdict) -> str | None:
    """Why it ended so, where the facts don't say; without the log's tail that Ray puts in."""
    if verdict is Verdict.TIMED_OUT:
        return "The run was stopped at its wall-time limit."
    code = details.driver_exit_code or 0
    if verdict is Verdict.KILLED and code in _SIGKILL:
        return _KILLED.format(code=code)
    if code < 0 and verdict in {Verdict.KILLED, Verdict.FAILED}:
        return f"Its driver was killed by {signal_name(-code)}."
    if verdict is Verdict.FAILED:
        said = (details.message or "").partition(", last available logs")[0]
        return None if said.startswith(_RAYS_WORDS) else said or None
    return None


def unavailable(sentence: str, transcript: Transcript) -> Outcome:
    """What is known of a run that can't be followed to its end."""
    return replace(transcript.outcome(Verdict.UNAVAILABLE), detail=sentence)
