"""Where a program and its outputs come from: whose it is, what it was given, and which execution the outputs are of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from services.domain.entities import Proposal, Run
from services.domain.values import Outcome, Verdict
from services.proposals import given
from services.security.redaction import masked
from services.supervisor.evidence import plain
from services.text.formatting import human_bytes, human_seconds


def facts(proposal: Proposal, run: Run | None, outcome: Outcome) -> dict[str, str]:
    """Words by what they say; the outcome is that of the run where there is one, else of the validation."""
    return dict([*_execution(proposal, run, outcome), *_people(proposal), *_needs(proposal, run)])


def _execution(proposal: Proposal, run: Run | None, outcome: Outcome) -> Iterator[tuple[str, str]]:
    if run is not None:
        took = f", took {human_seconds(outcome.wall)}" if outcome.wall is not None else ""
        yield "Outputs of", f"the run {run.id} on {run.target}, {_time(run.created_at)}{took}"
    else:
        yield "Outputs of", f"the validation, {_time(proposal.created_at)}; it has not run on a target"
    if not outcome.passed and outcome.verdict is not Verdict.PARTIAL:
        yield "Ended", f"{plain(outcome)}."
    if proposal.validation.verdict is Verdict.PARTIAL:
        yield "Validated in part", " ".join(proposal.validation.unproven)


def _people(proposal: Proposal) -> Iterator[tuple[str, str]]:
    yield "Requested by", proposal.requester
    if proposal.approved_by:
        yield "Approved by", ", ".join(proposal.approved_by)
    if proposal.model:
        yield "Written by", proposal.model


def _needs(proposal: Proposal, run: Run | None) -> Iterator[tuple[str, str]]:
    yield "SHA-256 of the program", proposal.program.sha256
    if masked(proposal.program.code) != proposal.program.code:
        yield "Secrets", "masked here, so the program can't run without them"
    if values := given.parameters(proposal):
        yield "Parameters", values
    if arguments := given.arguments(proposal):
        yield "Arguments", arguments
    if run is None and (differing := given.validated(proposal)):
        yield "Values", differing
    if proposal.lock:
        yield "Packages", ", ".join(f"{each.name} {each.version}" for each in proposal.lock.packages)
    if proposal.inputs:
        files = (f"{each.name} ({human_bytes(each.size)}, sha256 {each.sha256})" for each in proposal.inputs)
        yield "Input files", ", ".join(files)


def record(proposal: Proposal, run: Run | None, outcome: Outcome) -> dict[str, Any]:
    """The same for programs; times in ISO 8601, sizes in bytes."""
    return {
        "proposal": proposal.id,
        "sha256": proposal.program.sha256,
        "requester": proposal.requester,
        "approved_by": list(proposal.approved_by),
        "model": proposal.model or None,
        "validated_at": _time(proposal.created_at),
        "validation": str(proposal.validation.verdict),
        "unproven": list(proposal.validation.unproven),
        "arguments": [masked(each) for each in proposal.command_line],
        "packages": {each.name: each.version for each in proposal.lock.packages},
        "lock_sha256": proposal.lock.sha256 or None,
        "inputs": [{"name": each.name, "sha256": each.sha256, "size": each.size} for each in proposal.inputs],
        "run": None
        if run is None
        else {
            "id": run.id,
            "target": run.target,
            "approved_at": _time(run.created_at),
            "ended_at": _time(run.ended_at),
            "verdict": str(outcome.verdict),
            "exit_code": outcome.exit_code,
            "wall": outcome.wall,
        },
    }


def _time(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
