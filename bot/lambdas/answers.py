"""What the validation Lambda answers, kept within what Lambda lets through."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from services.domain.values import Artifact, Outcome, Verdict
from services.lambdas.wire import PAYLOAD, ValidationAnswer, dump_outcome
from services.text.formatting import head_and_tail, human_bytes, whole_characters

_ROOM = PAYLOAD - 65_536
_ENDED = {
    Verdict.PASSED: "SUCCEEDED",
    Verdict.PARTIAL: "STOPPED",
    Verdict.TIMED_OUT: "STOPPED",
    Verdict.STOPPED: "STOPPED",
    Verdict.UNAVAILABLE: "UNAVAILABLE",
}
_CUT = "\n… what it printed after this was not kept …\n"


def refusal(sentence: str) -> dict[str, Any]:
    """For an event that nothing was run for."""
    return ValidationAnswer(success=False, status="REFUSED", error=sentence).model_dump(
        exclude={"details", "arguments"}
    )


def answer(job_id: str, outcome: Outcome, *, details: bool, arguments: Sequence[str] = ()) -> dict[str, Any]:
    """What came of the job, as JSON of at most Lambda's size: output by its head and tail, which says so, and of the
    files those that still fit.
    """
    output = whole_characters(outcome.stdout) + (_CUT if outcome.truncated else "")
    response = ValidationAnswer(
        success=outcome.passed,
        job_id=job_id,
        status=_ENDED.get(outcome.verdict, "FAILED"),
        output=output,
        error=None if outcome.passed else reason(outcome),
        arguments=list(arguments) or None,
    )
    if details:
        response = response.model_copy(update={"details": dump_outcome(replace(outcome, artifacts=()))})
    response = response.model_copy(
        update={"output": _fitted(output, _ROOM - _size(response, without_output=True))}
    )
    if details and outcome.artifacts:
        kept = _that_fit(outcome.artifacts, _ROOM - _size(response))
        response = response.model_copy(update={"details": dump_outcome(_with(outcome, kept))})
    unsaid = {"details": not details, "arguments": not arguments}
    return response.model_dump(exclude={name for name, is_so in unsaid.items() if is_so})


def reason(outcome: Outcome) -> str:
    """Why it did not pass, in a line; what Python printed is in the output."""
    failure = outcome.failure
    if outcome.verdict is Verdict.NOT_IMPORTABLE:
        return f"The cluster has no module {outcome.detail!r}."
    if failure is not None:
        where = f" (line {failure.frames[-1].line})" if failure.frames and failure.frames[-1].line else ""
        return f"{failure.kind}: {failure.message}{where}" if failure.message else failure.kind + where
    if outcome.unproven:
        return " ".join(outcome.unproven)
    return outcome.detail or "The program failed."


def _fitted(text: str, room: int) -> str:
    """At most `room` bytes of JSON: head and tail, with a line between that says what is left out."""
    while (size := len(json.dumps(text))) > room:
        text = head_and_tail(text, limit=int(len(text) * room / size * 0.95)).text
    return text


def _that_fit(artifacts: tuple[Artifact, ...], room: int) -> tuple[Artifact, ...]:
    kept: list[Artifact] = []
    for artifact in artifacts:
        size = 4 * len(artifact.content) // 3 + 1000
        if size <= room:
            kept.append(artifact)
            room -= size
    return tuple(kept)


def _with(outcome: Outcome, kept: tuple[Artifact, ...]) -> Outcome:
    left = [artifact for artifact in outcome.artifacts if artifact not in kept]
    said = tuple(
        f"The file {each.name} ({human_bytes(each.size)}) was too large to come back from Lambda."
        for each in left
    )
    return replace(outcome, artifacts=kept, remarks=(*outcome.remarks, *said))


def _size(response: ValidationAnswer, *, without_output: bool = False) -> int:
    return len(json.dumps(response.model_dump(exclude={"output"} if without_output else None)))
