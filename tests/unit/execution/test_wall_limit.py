"""The wall limit and the wall time that is told: of the program alone, whatever it waited for before."""

from __future__ import annotations

from typing import Any

import pytest

from services.domain.values import Verdict
from services.execution.transcript import Transcript, nonce
from services.execution.verdict import conclude
from services.execution.wire import WALL_LIMIT, JobDetails
from services.supervisor.evidence import plain

SUBMITTED = 1_000_000
STARTED = SUBMITTED + 60_000


def job(status: str, end: int | None = None, **changes: Any) -> JobDetails:
    told = {"status": status, "start_time": SUBMITTED, "end_time": end, "metadata": {WALL_LIMIT: "10"}}
    return JobDetails.model_validate({**told, **changes})


def log(started: int | None = STARTED) -> Transcript:
    transcript = Transcript("run-1")
    time = f" {started}" if started is not None else ""
    transcript.feed(f"Ray's own\n\x1eraygen:{nonce('run-1')} begin{time}\nsaid\n".encode())
    return transcript


def test_waiting_uses_up_nothing():
    waiting = job("PENDING", seen=SUBMITTED + 3_600_000)
    assert (waiting.ran(None), waiting.overdue(None)) == (None, False)
    assert job("RUNNING", seen=STARTED + 9_000).ran(STARTED) == 9
    assert not job("RUNNING", seen=STARTED + 9_000).overdue(STARTED)
    assert job("RUNNING", seen=STARTED + 10_000).overdue(STARTED)


def test_clocks_that_differ_make_no_program_older_than_its_submission():
    assert job("RUNNING", seen=SUBMITTED + 2_000).ran(SUBMITTED - 3_600_000) == 2
    assert job("RUNNING", seen=SUBMITTED + 2_000).ran(SUBMITTED + 3_600_000) == 0


@pytest.mark.parametrize(
    ("details", "verdict", "wall"),
    [
        (job("STOPPED", STARTED + 10_000), Verdict.TIMED_OUT, 10),
        (job("STOPPED", STARTED + 9_000), Verdict.STOPPED, 9),
        (job("FAILED", STARTED + 14_000, driver_exit_code=-9), Verdict.TIMED_OUT, 14),
        (job("FAILED", STARTED + 14_000, driver_exit_code=137), Verdict.TIMED_OUT, 14),
        (job("FAILED", STARTED + 9_000, driver_exit_code=-9), Verdict.KILLED, 9),
        (job("FAILED", STARTED + 14_000, driver_exit_code=1), Verdict.FAILED, 14),
        (job("FAILED", STARTED + 14_000, driver_exit_code=-11), Verdict.KILLED, 14),
        (job("SUCCEEDED", STARTED + 10_500, driver_exit_code=0), Verdict.PASSED, 10.5),
    ],
)
def test_who_ended_it_is_told_by_the_clock(details: JobDetails, verdict: Verdict, wall: float):
    outcome = conclude(details, log())
    assert (outcome.verdict, outcome.wall, outcome.stdout) == (verdict, wall, "said\n")
    assert ("wall-time limit" in (outcome.detail or "")) is (verdict is Verdict.TIMED_OUT)


def test_a_signal_is_named_and_an_exit_code_is_not_said_in_rays_words():
    said = (
        "Job entrypoint command failed with exit code {}, last available logs (truncated to 20,000 chars):\nx"
    )
    crashed = job("FAILED", STARTED + 900, driver_exit_code=-11, message=said.format(-11))
    assert conclude(crashed, log()).detail == "Its driver was killed by SIGSEGV."
    exited = conclude(job("FAILED", STARTED + 900, driver_exit_code=3, message=said.format(3)), log())
    assert (exited.detail, plain(exited)) == (None, "it ended with exit code 3")


def test_what_never_began_has_no_time_and_meets_no_limit():
    outcome = conclude(job("STOPPED", SUBMITTED + 3_600_000), Transcript("run-1"))
    assert (outcome.verdict, outcome.wall) == (Verdict.STOPPED, None)


def test_a_driver_of_before_that_told_no_time_is_taken_for_what_it_is():
    assert conclude(job("STOPPED", STARTED), log(None)).verdict is Verdict.STOPPED
