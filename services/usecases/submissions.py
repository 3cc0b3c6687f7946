"""Programs that another process submits: the running bot validates them and posts the card that a person decides on."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from dataclasses import dataclass, replace

from services.domain.entities import (
    Proposal,
    ProposalStatus,
    Session,
    Task,
    TaskKind,
    TaskStatus,
    derive,
)
from services.domain.errors import BadRequest
from services.domain.parameters import NOTHING_GIVEN, Given
from services.security.redaction import masked
from services.store import Store
from services.tasks.admission import Admission, Nowhere
from services.usecases.limits import checked
from services.workflows import Doorbell

_POLL = 0.25
_CODE = 200_000
_PURPOSE = 1000
_CHANNEL = re.compile(r"(?:[A-Z0-9]{1,32}/)?[A-Z0-9]{1,32}")
_WHICH = "raygen is limited to certain workspaces. Pass the channel with its workspace, as `T…/C…`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Submissions:
    """Submits programs, and waits for their proposals."""

    store: Store
    doorbell: Doorbell
    """Hands work to the bot through the database."""
    admission: Admission
    channel: str
    """The default channel: `C…`, or `T…/C…` with its workspace."""
    user: str
    """In whose name programs are submitted where no token names a person."""
    timeout: float
    """How long to wait for a proposal, in seconds."""

    async def propose(
        self,
        code: str,
        purpose: str,
        *,
        channel: str = "",
        user: str = "",
        given: Given = NOTHING_GIVEN,
    ) -> tuple[Task, Session, Proposal | None]:
        """The task as it stands once it has ended, or the timeout has passed. Raises BadRequest and TooOften."""
        task, session = self._begun(code, purpose.strip(), channel or self.channel, user or self.user)
        task = replace(task, given=await checked(code, given))
        try:
            await self.admission.admit(task, session)
        except Nowhere:
            raise Nowhere(_WHICH) from None
        await self.doorbell.begin_task(task, session)
        task, session, proposal = await self._followed(task, session)
        if proposal is not None:
            await self.store.audit.looked(proposal.id, task.user, "answer to an agent")
        return task, session, proposal

    def _begun(self, code: str, purpose: str, channel: str, user: str) -> tuple[Task, Session]:
        if not channel:
            raise BadRequest("Pass the ID of a Slack channel, or set RAYGEN_MCP_CHANNEL.")
        if not user:
            raise BadRequest(
                "A proposal needs a person who requests it: use a token that is named after a Slack user ID, or set RAYGEN_MCP_USER."
            )
        if not code.strip() or not purpose:
            raise BadRequest("A proposal needs a program and its purpose in one sentence.")
        if "\x00" in code + purpose:
            raise BadRequest("The program and its purpose must not contain the NUL character.")
        if not _CHANNEL.fullmatch(channel):
            raise BadRequest(
                "The channel must be the ID of a Slack channel, such as C0123ABC or T0123ABC/C0123ABC."
            )
        if len(code) > _CODE or len(purpose) > _PURPOSE:
            raise BadRequest(
                f"The program can have at most {_CODE:,} characters, and its purpose {_PURPOSE:,}."
            )
        cause = f"mcp {secrets.token_hex(16)}"
        team, _, named = channel.rpartition("/")
        session = Session(derive("s", cause), named, "", user, team)
        task = Task(
            id=derive("t", cause),
            session_id=session.id,
            kind=TaskKind.CHECK,
            prompt=masked(purpose),
            user=user,
            code=code,
            created_at=time.time(),
        )
        return task, session

    async def _followed(self, task: Task, session: Session) -> tuple[Task, Session, Proposal | None]:
        ends = time.monotonic() + self.timeout
        proposal = None
        while time.monotonic() < ends and not _decided(task, proposal):
            await asyncio.sleep(_POLL)
            try:
                task = await self.store.tasks.get(task.id)
            except LookupError:
                continue
            proposal = await self.store.proposals.find(derive("p", task.id))
        if task.ended:
            session = await self.store.sessions.get(session.id)
        return task, session, proposal


def _decided(task: Task, proposal: Proposal | None) -> bool:
    """Whether there is nothing more to come but a person's decision: a task is proposed before its card is shown."""
    if task.status is TaskStatus.PROPOSED:
        return proposal is not None and proposal.status is not ProposalStatus.DRAFT
    return task.ended
