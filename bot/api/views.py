"""raygen's records as the API shows them: pure functions, value in, JSON model out."""

from __future__ import annotations

from bot.api import wire
from services.domain.checkpoints import Checkpoints
from services.domain.entities import (
    Proposal,
    ProposalStatus,
    Run,
    RunStatus,
    Task,
    TaskKind,
    TaskStatus,
)
from services.domain.parameters import validation_values, values
from services.domain.summaries import RequestSummary
from services.domain.target_profile import TargetProfile
from services.domain.values import Outcome, Spent
from services.execution.state import ClusterState
from services.proposals.cards import ProposalCard
from services.supervisor.evidence import plain
from services.targets.targets import ConfiguredTarget
from services.text.formatting import clean

_OUTPUT = 200_000
_SEALED = "a sealed cluster"
_WELL = {TaskStatus.ANSWERED, TaskStatus.PROPOSED}


def execution(outcome: Outcome, where: str) -> wire.Execution:
    """Output as a terminal would show it; of what is longer than 200,000 characters its end."""
    stdout, stderr = clean(outcome.stdout), clean(outcome.stderr)
    return wire.Execution(
        success=outcome.passed,
        verdict=outcome.verdict,
        where=where,
        output=stdout[-_OUTPUT:],
        errors=stderr[-_OUTPUT:],
        value=outcome.value,
        error=None if outcome.passed else _why(outcome),
        wall=outcome.wall,
        exit_code=outcome.exit_code,
        truncated=outcome.truncated or max(len(stdout), len(stderr)) > _OUTPUT,
        files=[wire.File(name=it.name, media_type=it.media_type, size=it.size) for it in outcome.artifacts],
        remarks=list(outcome.remarks),
        unknown=list(outcome.unknown),
        unproven=list(outcome.unproven),
    )


def job(run: Run, title: str, requester: str) -> wire.Job:
    return wire.Job(
        id=run.id,
        status=run.status,
        title=title,
        target=run.target,
        requester=requester,
        approver=run.approver,
        created_at=run.created_at,
        ended_at=run.ended_at,
        result=execution(run.outcome, run.target) if run.outcome else None,
    )


def job_of(entry: RequestSummary) -> wire.Job | None:
    """The run of an entry of the history, if it has one."""
    ran = entry.ran
    if ran is None or entry.program is None:
        return None
    return wire.Job(
        id=ran.id,
        status=ran.status,
        title=entry.program.title,
        target=ran.target,
        requester=entry.user,
        approver=ran.approver,
        created_at=ran.created_at,
        ended_at=ran.ended_at,
        result=execution(ran.outcome, ran.target) if ran.outcome else None,
    )


def answer(
    task: Task,
    session_id: str,
    card: ProposalCard | None = None,
    run: Run | None = None,
    spent: Spent | None = None,
    *,
    objection: str = "",
) -> wire.Answer:
    """`objection` is why a program that was to run does not."""
    proposal = card.proposal if card else None
    validation = _validation(proposal)
    ran = job(run, proposal.program.title, proposal.requester) if run and proposal else None
    last = ran.result if ran else validation
    done = _done(task, proposal, run, objection)
    worked = last is None or last.success or (ran is None and task.code is None)
    success = done and task.status in _WELL and worked and not objection
    return wire.Answer(
        success=success,
        done=done,
        session_id=session_id,
        task_id=task.id,
        status=task.status,
        prompt=task.prompt,
        message="\n\n".join(filter(None, (task.summary, objection))),
        where=last.where if last else None,
        output=last.output if last else None,
        error=None if success or not done else objection or (last and last.error) or task.summary,
        program=_program(proposal),
        proposal=_suggestion(card),
        validation=validation,
        run=ran,
        tokens=spent.tokens if spent else 0,
    )


def cluster(place: ConfiguredTarget, state: ClusterState, profile: TargetProfile | None) -> wire.Cluster:
    shares = {key: wire.Share(used=share.used, total=share.total) for key, share in state.shares.items()}
    return wire.Cluster(
        name=place.name,
        up=state.up,
        problem=state.problem,
        ray_version=state.version,
        nodes=state.nodes,
        waiting=state.waiting,
        resources=shares,
        own_validation=place.validation is not None,
        profile=_profile(profile) if profile else None,
    )


def _profile(found: TargetProfile) -> wire.Profile:
    return wire.Profile(
        python=found.python,
        ray=found.ray,
        packages=dict(found.packages),
        gpus=found.gpus,
        accelerators=list(found.accelerators),
        memory=found.memory,
        nodes=found.nodes,
        answered=found.answered,
    )


def _done(task: Task, proposal: Proposal | None, run: Run | None, objection: str) -> bool:
    if not task.ended:
        return False
    if run is not None:
        return run.status is RunStatus.ENDED
    if proposal is None or task.status is not TaskStatus.PROPOSED:
        return True
    # It is put up for decision right after its task has ended, and what shall run by itself is approved after that.
    return proposal.status is not ProposalStatus.DRAFT and (
        task.kind is not TaskKind.EXECUTE or bool(objection)
    )


def _validation(proposal: Proposal | None) -> wire.Execution | None:
    return execution(proposal.validation, proposal.validation.where or _SEALED) if proposal else None


def _program(proposal: Proposal | None) -> wire.Code | None:
    if proposal is None:
        return None
    program = proposal.program
    return wire.Code(title=program.title, purpose=program.purpose, code=program.code, sha256=program.sha256)


def _suggestion(card: ProposalCard | None) -> wire.Suggestion | None:
    if card is None:
        return None
    proposal = card.proposal
    return wire.Suggestion(
        id=proposal.id,
        status=proposal.status,
        sha256=proposal.program.sha256,
        target=proposal.target,
        attempts=proposal.attempts,
        approvals=len(proposal.approved_by),
        approvals_needed=card.needs.needed,
        expires_at=card.expires_at,
        expected_cost=card.cost.sentence() if card.cost else None,
        parameters=values(proposal.header.parameters, proposal.given.values),
        validation_parameters=validation_values(proposal.header.parameters, proposal.given.values),
        arguments=list(proposal.given.arguments),
        checkpoints=_in_place(proposal.checkpoints),
    )


def _in_place(found: Checkpoints) -> wire.InPlace | None:
    if not found:
        return None
    return wire.InPlace(run=found.run, count=found.count, size=found.size, sha256=found.sha256)


def _why(outcome: Outcome) -> str:
    failure = outcome.failure
    return clean(failure.traceback) if failure and failure.traceback else plain(outcome)
