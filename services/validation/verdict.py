"""Turns what came out of a sandbox into an outcome: the verdict from what was observed, the rest from the facts."""

from __future__ import annotations

import signal

from services.domain.values import Outcome, Verdict
from services.driver.report import UNFINISHED, DriverReport, decode, fill, read
from services.text.formatting import human_bytes, human_seconds
from services.validation.interface import ValidationLimits
from services.validation.sandbox import AttemptRecord
from services.validation.watchdog import Excess

_BROKEN = "The sealed cluster failed while the program ran."


def conclude(record: AttemptRecord, limits: ValidationLimits) -> Outcome:
    """What came of one attempt. Facts may say what kind of failure it was, never that there was none."""
    facts_text = decode(record.facts)
    facts = read(facts_text)
    verdict, detail = _verdict(record, limits, facts)
    observed = Outcome(
        verdict=verdict,
        stdout=record.stdout.decode("utf-8", "replace"),
        stderr=record.stderr.decode("utf-8", "replace"),
        detail=detail,
        exit_code=record.status,
        wall=round(record.wall, 4),
        peak_memory=record.peak_memory or None,
        truncated=record.truncated,
        remarks=() if facts_text or verdict is not Verdict.PASSED else (UNFINISHED,),
    )
    filled = fill(observed, facts, cpu=round(record.cpu, 4) or None, artifact_bytes=limits.artifacts)
    return record.attempted.added_to(filled)


def _verdict(
    record: AttemptRecord, limits: ValidationLimits, facts: DriverReport
) -> tuple[Verdict, str | None]:
    if record.excess is not None:
        return _exceeded(record, record.excess, limits)
    if record.status is None:
        return Verdict.KILLED, _BROKEN
    if record.status == 0:
        return Verdict.PASSED, None
    if record.status < 0:
        return Verdict.KILLED, f"Its driver was killed by {_signal(-record.status)}."
    if facts.infeasible:
        asked = ", ".join(f"{amount:g} {name}" for name, amount in facts.infeasible.items())
        return Verdict.NEEDS_HARDWARE, f"It requests {asked}, more than the sealed cluster has."
    return Verdict.FAILED, None


def _exceeded(record: AttemptRecord, excess: Excess, limits: ValidationLimits) -> tuple[Verdict, str]:
    match excess:
        case Excess.WALL:
            return Verdict.TIMED_OUT, f"It was stopped after {human_seconds(record.wall)}."
        case Excess.MEMORY:
            return Verdict.OUT_OF_MEMORY, f"It took more than {human_bytes(limits.memory)} of memory."
        case Excess.OUTPUT:
            return Verdict.OUTPUT_LIMIT, f"It printed more than {human_bytes(limits.output)}."
        case Excess.PROCESSES:
            return Verdict.KILLED, f"It started more than {limits.processes} processes."


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
