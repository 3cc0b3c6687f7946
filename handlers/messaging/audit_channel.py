"""Tells the audit channel what was decided and run, each record once, in their order."""

from __future__ import annotations

from handlers.blocks.audit import is_announced, record
from handlers.messaging.courier import Courier
from handlers.messaging.ports import AuditRecords
from services.domain import current_workspace


class AuditChannel:
    """Posts the chain's records as messages whose hashes are then where the database can't change them.

    `team` is the workspace of the channel, where there are several.
    """

    def __init__(self, courier: Courier, trail: AuditRecords, channel: str, team: str = "") -> None:
        self._team = team
        self._courier = courier
        self._trail = trail
        self._channel = channel

    async def tell(self) -> None:
        """Post what is new. May be called by several replicas at once: each record is posted by one of them."""
        current_workspace.enter(self._team)
        announced = await self._trail.announced()
        async for each in self._trail.records(after=announced):
            if is_announced(each.action):
                key = f"audit:{each.position}:{self._channel}"
                await self._courier.once(key, self._channel, "", record(each))
                if await self._courier.known(key) is None:
                    return  # Another replica is announcing; the next call goes on from here.
            await self._trail.note_announced(each.position)
