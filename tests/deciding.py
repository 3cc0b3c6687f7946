"""Decisions, run steps and use cases as the bot builds them, over whatever a test has in place of the rest."""

from __future__ import annotations

from typing import Any, cast

from services.approvals.authorizer import Authorizer
from services.approvals.permissions import Permissions
from services.approvals.recorder import Recorder
from services.domain.entities import Proposal
from services.notifications.notifier import Notifier
from services.proposals.decisions import Decisions
from services.runs.provisions import RunProvisions
from services.runs.steps import RunSteps
from services.store import Store
from services.targets.targets import Targets
from services.tasks.admission import Admission, AdmissionLimits
from services.tasks.steps import TaskSteps
from services.usecases import UseCases
from services.usecases.data import DataCatalog
from services.usecases.history import RunHistory
from services.usecases.inbox import ApprovalInbox
from services.usecases.preferences import PreferenceActions
from services.usecases.proposals import ProposalActions
from services.usecases.requests import RequestActions
from services.usecases.runs import RunActions
from services.usecases.sessions import SessionRecords
from tests.fakes import proposal_cards


def deciding(store: Store, notifier: Notifier, targets: Targets, authorizer: Authorizer) -> Decisions:
    recorder = Recorder(store=store, authorizer=authorizer)
    cards = proposal_cards(store, authorizer, targets)
    return Decisions(
        store=store,
        notifier=notifier,
        targets=targets,
        authorizer=authorizer,
        recorder=recorder,
        cards=cards,
    )


def run_steps(decisions: Decisions, provisions: RunProvisions | None = None) -> RunSteps:
    """For what these decisions approve."""
    return RunSteps(
        store=decisions.store,
        notifier=decisions.notifier,
        targets=decisions.targets,
        recorder=decisions.recorder,
        cards=decisions.cards,
        provisions=provisions or RunProvisions(),
    )


async def approve(
    decisions: Decisions, proposal_id: str, user: str, *, digest: str = "", target: str = ""
) -> Proposal:
    """Approve a proposal as it is stored now; without `digest` and `target` the card shows that."""
    proposal = await decisions.store.proposals.get(proposal_id)
    return await decisions.approve(
        proposal,
        digest=digest or proposal.program.sha256,
        target=target or proposal.target,
        user=user,
    )


async def approve_thread(decisions: Decisions, proposal: Proposal, user: str) -> Proposal:
    """Approve a proposal for its thread, as this card shows it."""
    digest, target = proposal.program.sha256, proposal.target
    return await decisions.approve_thread(proposal, digest=digest, target=target, user=user)


async def retarget(decisions: Decisions, proposal_id: str, target: str, user: str) -> Proposal:
    """Have a proposal as it is stored now run elsewhere."""
    return await decisions.retarget(await decisions.store.proposals.get(proposal_id), target, user)


def use_cases(
    decisions: Decisions,
    *,
    workflows: object,
    tasks: object = None,
    steps: object = None,
    permissions: Permissions | None = None,
    admission: Admission | None = None,
    models: tuple[str, ...] = (),
) -> UseCases:
    """Without `steps` those of `run_steps`, without `admission` all requests are taken."""
    store = decisions.store
    allowed = permissions or Permissions(store, decisions.targets, decisions.authorizer)
    flows = cast("Any", workflows)
    return UseCases(
        requests=RequestActions(
            store=store,
            tasks=cast("TaskSteps", tasks),
            workflows=flows,
            admission=admission or Admission(store, limits=AdmissionLimits(), teams=None),
            permissions=allowed,
        ),
        proposals=ProposalActions(store=store, decisions=decisions, workflows=flows, permissions=allowed),
        runs=RunActions(
            store=store, steps=cast("RunSteps", steps or run_steps(decisions)), permissions=allowed
        ),
        preferences=PreferenceActions(store=store, permissions=allowed, models=models),
        history=RunHistory(store=store, permissions=allowed),
        inbox=ApprovalInbox(store=store, decisions=decisions),
        sessions=SessionRecords(store=store, decisions=decisions),
        data=DataCatalog(None),
    )
