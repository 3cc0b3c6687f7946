"""One module for each thing that a surface can ask for; none of them knows which surface that is."""

from __future__ import annotations

from dataclasses import dataclass

from services.usecases.data import DataCatalog
from services.usecases.history import RunHistory
from services.usecases.inbox import ApprovalInbox
from services.usecases.preferences import PreferenceActions
from services.usecases.proposals import ProposalActions
from services.usecases.requests import RequestActions
from services.usecases.runs import RunActions
from services.usecases.sessions import SessionRecords

__all__ = ["UseCases"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCases:
    """All of them, each built once."""

    requests: RequestActions
    proposals: ProposalActions
    runs: RunActions
    preferences: PreferenceActions
    history: RunHistory
    inbox: ApprovalInbox
    sessions: SessionRecords
    data: DataCatalog
