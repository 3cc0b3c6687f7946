"""The names by which Slack hands clicks and forms back to us, and the values that travel in them."""

from __future__ import annotations

from services.domain.entities import Proposal

COMMAND = "/raygen"

PROPOSAL_APPROVE = "proposal_approve"
PROPOSAL_EDIT = "proposal_edit"
PROPOSAL_PARAMETERS = "proposal_parameters"
PROPOSAL_REGENERATE = "proposal_regenerate"
PROPOSAL_DISMISS = "proposal_dismiss"
PROPOSAL_REJECT = "proposal_reject"
PROPOSAL_ASK = "proposal_ask"
PROPOSAL_APPROVE_THREAD = "proposal_approve_thread"
GRANT_END = "grant_end"
PROPOSAL_ATTEMPTS = "proposal_attempts"
PROPOSAL_CODE = "proposal_code"
PROPOSAL_CHANGES = "proposal_changes"
PROPOSAL_TOUCHES = "proposal_touches"
TASK_STOP = "task_stop"
TASK_RETRY = "task_retry"
PROPOSAL_TARGET = "proposal_target"
RUN_STOP = "run_stop"
RUN_FIX = "run_fix"
RUN_DETAILS = "run_details"
RUN_AGAIN = "run_again"
RUN_RESUME = "run_resume"
RUN_CHANGE = "run_change"
RUN_SHARE = "run_share"
RUN_CODE = "run_code"
RUN_NOTEBOOK = "run_notebook"
SETTING_TARGET = "setting_target"
SETTING_NEWS = "setting_news"
SETTING_MODEL = "setting_model"
FEEDBACK = "feedback"
HELPFUL = "helpful"
UNHELPFUL = "unhelpful"
EDIT_VIEW = "edit_program"
PARAMETERS_VIEW = "set_parameters"
REJECT_VIEW = "reject_program"
CHANGE_VIEW = "change_program"
RUN_MESSAGE = "run_message"
EXPLAIN_MESSAGE = "explain_message"
ASK_ANYWHERE = "ask_anywhere"
RUN_VIEW = "run_program"
RUN_CHOICE = "run_choice"
ASK_VIEW = "ask"


def proposal_value(proposal: Proposal) -> str:
    """A button's value: the proposal, the very code and the target that the card shows."""
    return f"{proposal.id} {proposal.program.sha256} {proposal.target}"


def vote_value(vote: str, subject: str) -> str:
    """A vote on an answer (a task's ID) or a result (a run's)."""
    return f"{vote} {subject}"


def split_vote(value: str) -> tuple[bool, str]:
    """Whether it was found helpful, and what."""
    vote, _, subject = value.partition(" ")
    return vote == HELPFUL, subject


def split_value(value: str) -> tuple[str, str, str]:
    """Proposal ID, sha256 and target of a button's value; empty texts where the value is not ours."""
    proposal_id, digest, target = [*value.split(" "), "", "", ""][:3]
    return proposal_id, digest, target
