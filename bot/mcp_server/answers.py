"""What the tools answer: the fields that their callers know from the Lambdas, and beside them what raygen knows besides."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, Field

from services.domain.entities import Proposal, Session, Task, TaskStatus
from services.domain.values import Outcome, PolicyReport, Verdict
from services.snippets.interface import Snippet
from services.supervisor.evidence import plain
from services.text.formatting import clean

_STATUS = {
    Verdict.PASSED: "SUCCEEDED",
    Verdict.PARTIAL: "STOPPED",
    Verdict.TIMED_OUT: "STOPPED",
    Verdict.STOPPED: "STOPPED",
}
_OUTPUT = 200_000


class Noticed(BaseModel):
    """Something that the policy saw in the code."""

    line: int = Field(description="Counts from 1; 0 means the whole program.")
    grade: str = Field(description="`refuse`, `warn` or `note`.")
    message: str


class Validation(BaseModel):
    """What came of a program that was really run, sealed."""

    success: bool = Field(description="Whether it ran to its end without an error.")
    job_id: str | None = Field(default=None, description="The Ray job's, where the validation is one.")
    status: str = Field(description="`SUCCEEDED`, `FAILED` or `STOPPED`.")
    output: str = Field("", description="What it printed.")
    error: str | None = Field(None, description="Why it failed, with the traceback where there is one.")
    verdict: Verdict
    value: str | None = Field(None, description="The repr of a last expression.")
    wall: float | None = Field(None, description="Seconds.")
    where: str = Field("", description="Where it ran, when that was not a sealed cluster.")
    truncated: bool = False
    remarks: list[str] = Field(
        [], description="What else there is to know of how it ran, in whole sentences."
    )
    unknown: list[str] = Field(
        [],
        description="Kinds of evidence that could not be observed, or not in full, such as `files` or `hosts`.",
    )
    unproven: list[str] = Field(
        [], description="What a validation with the verdict `partial` could not run, in whole sentences."
    )
    policy: list[Noticed] = Field([], description="What the static policy says of it.")

    @classmethod
    def of(cls, outcome: Outcome, policy: PolicyReport) -> Self:
        output = clean(outcome.stdout) + clean(outcome.stderr)
        return cls(
            success=outcome.passed,
            status=_STATUS.get(outcome.verdict, "FAILED"),
            output=output[-_OUTPUT:],
            error=None if outcome.passed else _error(outcome),
            verdict=outcome.verdict,
            value=outcome.value,
            wall=outcome.wall,
            where=outcome.where,
            truncated=outcome.truncated or len(output) > _OUTPUT,
            remarks=list(outcome.remarks),
            unknown=list(outcome.unknown),
            unproven=list(outcome.unproven),
            policy=[
                Noticed(line=it.line, grade=it.grade.value, message=it.message) for it in policy.findings
            ],
        )


class Computed(BaseModel):
    """What came of a snippet."""

    success: bool
    output: str = Field("", description="What it printed.")
    errors: str | None = Field(None, description="The error in one line.")
    value: str | None = Field(None, description="The repr of a last expression.")
    engine: str = ""
    wall: float = Field(0.0, description="Seconds.")
    truncated: bool = False


class SnippetAnswer(BaseModel):
    """As the Lambda answers."""

    statusCode: int = 200  # noqa: N815  # the wire's name
    body: Computed

    @classmethod
    def of(cls, snippet: Snippet) -> Self:
        return cls(
            body=Computed(
                success=snippet.success,
                output=snippet.output,
                errors=snippet.error,
                value=snippet.value,
                engine=snippet.engine,
                wall=snippet.wall,
                truncated=snippet.truncated,
            )
        )


class Proposed(BaseModel):
    """Where a proposal stands. Nothing has run on a target yet: a person decides that, in Slack."""

    status: str = Field(
        description="`pending_approval`; `not_proposed` if validation failed; `queued` while raygen is validating it."
    )
    message: str = Field(description="A message for people.")
    task_id: str
    proposal_id: str | None = None
    sha256: str | None = Field(None, description="The SHA-256 of the code to approve.")
    target: str | None = Field(None, description="Where it would run.")
    channel: str
    thread_ts: str = Field("", description="The Slack timestamp of the thread with the proposal.")

    @classmethod
    def of(cls, task: Task, session: Session, proposal: Proposal | None) -> Self:
        offered = proposal if task.status is TaskStatus.PROPOSED else None
        return cls(
            status=_standing(task),
            message=_told(task),
            task_id=task.id,
            proposal_id=offered.id if offered else None,
            sha256=offered.program.sha256 if offered else None,
            target=offered.target if offered else None,
            channel=session.channel,
            thread_ts=session.thread_ts,
        )


def _standing(task: Task) -> str:
    if task.status is TaskStatus.PROPOSED:
        return "pending_approval"
    return "not_proposed" if task.ended else "queued"


def _told(task: Task) -> str:
    if task.status is TaskStatus.PROPOSED:
        return f"{task.summary} It runs once a person approves it in Slack."
    if task.ended:
        return task.summary
    return "Accepted. The proposal appears in Slack once the bot has validated it."


def _error(outcome: Outcome) -> str:
    if outcome.failure is not None and outcome.failure.traceback:
        return outcome.failure.traceback.strip()
    return plain(outcome)
