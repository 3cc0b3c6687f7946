"""What a run gets beside its code and files, checked once more as it starts: an approval is no grant of data for ever."""

from __future__ import annotations

from collections.abc import Mapping

from services.domain.entities import Proposal, Session
from services.domain.errors import NotAllowed
from services.validation.data import Asker, Data


class RunProvisions:
    """Finds the real locations of the data of approved programs."""

    def __init__(self, data: Data | None = None) -> None:
        self._data = data

    async def variables(self, proposal: Proposal, session: Session, target: str) -> Mapping[str, str]:
        """The environment variables of its data connections, with their real locations.

        Raises NotAllowed for a connection that its requester may no longer use there, or that was changed after the approval.
        """
        bound = proposal.provisions.connections
        if not bound:
            return {}
        asker = Asker(user=proposal.requester, channel=session.channel, target=target)
        usable = await self._data.usable(asker) if self._data else {}
        for each in bound:
            connection = usable.get(each.name)
            if connection is None or each.access - connection.access:
                raise NotAllowed(
                    f"The data connection {each.name} can no longer be used here by this program, so nothing was run."
                    " `/raygen data` lists those that you can use."
                )
            if (connection.url, connection.kind, connection.environment) != (
                each.location,
                each.kind,
                each.variable,
            ):
                raise NotAllowed(
                    f"The data connection {each.name} was changed after the program was approved, so nothing was run. Ask again."
                )
        return {each.variable: each.location for each in bound}
