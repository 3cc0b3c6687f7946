"""Values for tests, with defaults for everything that a test does not care about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.approvals.authorizer import Needs
from services.approvals.rules import SecondApproverConditions
from services.domain.entities import (
    Proposal,
    ProposalStatus,
    Run,
    Session,
    Task,
    TaskKind,
    TaskStatus,
)
from services.domain.program_facts import ProgramFacts
from services.domain.program_header import script
from services.domain.values import Outcome, PolicyReport, Program, TaskCount, Verdict
from services.proposals.cards import ProposalCard
from services.proposals.thread_updates import ThreadUpdates

ADD = Program("Add two numbers", "Adds 1 and 2 in a Ray task.", "print('Result: 3')\n")


def session(**changes: Any) -> Session:
    return replace(Session("s_1", "CRAY", "100.1", "UENGINEER", "T1"), **changes)


def task(**changes: Any) -> Task:
    default = Task(
        id="t_1",
        session_id="s_1",
        kind=TaskKind.PROMPT,
        prompt="add 1 and 2",
        user="UENGINEER",
        created_at=1.0,
    )
    return replace(default, **changes)


def proposed_task(**changes: Any) -> Task:
    return task(status=TaskStatus.PROPOSED, summary="Here it is.", **changes)


def passed(**changes: Any) -> Outcome:
    default = Outcome(
        verdict=Verdict.PASSED,
        stdout="Result: 3\n",
        exit_code=0,
        wall=0.42,
        tasks=(TaskCount("add", "FINISHED", 1),),
        unknown=(),
    )
    return replace(default, **changes)


def proposal(**changes: Any) -> Proposal:
    default = Proposal(
        id="p_1",
        task_id="t_1",
        session_id="s_1",
        program=ADD,
        header=script(changes.get("program", ADD).code),
        policy=PolicyReport(),
        validation=passed(),
        attempts=1,
        target="embedded",
        requester="UENGINEER",
        model="scripted",
        status=ProposalStatus.OPEN,
        created_at=1.0,
    )
    return replace(default, **changes)


def run(**changes: Any) -> Run:
    default = Run(
        id="raygen-1",
        proposal_id="p_1",
        session_id="s_1",
        target="embedded",
        approver="UAPPROVER",
        created_at=1.0,
    )
    return replace(default, **changes)


def card(proposal: Proposal, **changes: Any) -> ProposalCard:
    """The card of a proposal that one approval of anybody lets run."""
    default = ProposalCard(
        task=proposed_task(),
        session=session(),
        proposal=proposal,
        facts=ProgramFacts.of(proposal),
        targets=(),
        objection="",
        differences="",
        network="",
        approvers="a member of this workspace",
        needs=Needs(),
        second=SecondApproverConditions(),
        updates=ThreadUpdates(),
        approved_before=None,
        packages_before=frozenset(),
        grant=None,
        expires_at=None,
        cost=None,
    )
    return replace(default, **changes)
