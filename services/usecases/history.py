"""What a person may see of the past, and what their requests took."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.approvals.actions import Action
from services.approvals.permissions import Permissions
from services.domain.entities import Proposal, Run
from services.domain.errors import BadRequest
from services.domain.summaries import RequestSummary, Sum
from services.store import Store
from services.store.spendings import By

SHOWN = 10
USAGE_DAYS = 30
_DAY = 86_400.0
_PREFIX = "raygen-"
_RUN_ID = re.compile(r"[0-9a-z-]{1,57}")
_LOOKED_AT = 50

Sees = Callable[[str, str], Awaitable[bool]]
"""Whether a user (ID) is in a channel (ID), so that what was said there is theirs to read."""


@dataclass(frozen=True, slots=True)
class Past:
    """One run with all that is kept of it."""

    entry: RequestSummary
    proposal: Proposal
    run: Run


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHistory:
    """Answers about the past. Of a channel that they are not in, people learn nothing, not even that there was a run."""

    store: Store
    permissions: Permissions

    @property
    def sees(self) -> Sees:
        return self.permissions.approvals.directory.is_in

    async def latest(self, user: str) -> list[RequestSummary]:
        """A person's latest requests, and the runs they approved where they still are, newest first."""
        found = await self.store.entries.of_user(user, limit=SHOWN * 2)
        return [each for each in found if each.user == user or await self.sees(user, each.channel)][:SHOWN]

    async def under_way(self, user: str, *, limit: int | None = None) -> list[RequestSummary]:
        """What is worked on or running for a person now, oldest first."""
        found = await self.store.entries.under_way(user, limit=limit)
        return [each for each in found if each.user == user or await self.sees(user, each.channel)]

    async def overview(self, user: str) -> list[RequestSummary]:
        """What is under way for a person, then the latest besides, each once."""
        going_on = await self.under_way(user, limit=SHOWN)
        known = {each.task_id for each in going_on}
        return [*going_on, *(each for each in await self.latest(user) if each.task_id not in known)]

    async def usage(self, user: str) -> list[Sum]:
        """What a person's requests of the last 30 days took, by model."""
        since = time.time() - USAGE_DAYS * _DAY
        return await self.store.spendings.sums(By.MODEL, since=since, user=user)

    async def shown_in(self, run_id: str, channel: str, user: str) -> RequestSummary | None:
        """The run with exactly this ID, where all who read a conversation may see it: in its own, and alone with us.

        It is on record in which conversation `user` had it shown.
        """
        found = await self.store.entries.with_run(run_id, limit=2)
        entry = next((each for each in found if each.ran and each.ran.id == run_id), None)
        if entry is None:
            return None
        if entry.channel != channel:
            alone = channel.startswith("D") and await self.sees(user, channel)
            if not alone or not await self.sees(user, entry.channel) or not await self._may_view(entry, user):
                return None
        await self._looked(entry, user, f"card in {channel}")
        return entry

    async def run(self, name: str, user: str) -> Past:
        """As `find`, for `user` to look at its code and result, which is on record. Raises NotAllowed too."""
        past = await self.find(name, user)
        await self.permissions.check(Action.VIEW, past.proposal, user)
        await self._looked(past.entry, user, "run")
        return past

    async def find(self, name: str, user: str) -> Past:
        """The run of this ID, or of the only ID that begins like it. Raises BadRequest unless there is exactly one."""
        wanted = name.strip("`<>").lower().removeprefix(_PREFIX)
        if not _RUN_ID.fullmatch(wanted):
            raise BadRequest(f"That isn't a run ID. A run ID looks like `{_PREFIX}3f2a…`. {_HINT}")
        found = await self.store.entries.with_run(_PREFIX + wanted, limit=_LOOKED_AT)
        seen = [each for each in found if await self.sees(user, each.channel)]
        if not seen:
            raise BadRequest(f"No run that you can see starts with `{wanted}`. {_HINT}")
        if len(seen) > 1:
            raise BadRequest(f"More than one run starts with `{wanted}`. Type more of its ID. {_HINT}")
        (entry,) = seen
        assert entry.ran is not None
        assert entry.proposal_id is not None
        proposal = await self.store.proposals.get(entry.proposal_id)
        return Past(entry, proposal, await self.store.runs.get(entry.ran.id))

    async def _may_view(self, entry: RequestSummary, user: str) -> bool:
        proposal = await self.store.proposals.find(entry.proposal_id) if entry.proposal_id else None
        return proposal is not None and await self.permissions.allows(Action.VIEW, proposal, user)

    async def _looked(self, entry: RequestSummary, user: str, what: str) -> None:
        assert entry.proposal_id is not None
        await self.store.audit.looked(entry.proposal_id, user, what)


_HINT = "`/raygen history` lists your runs."
