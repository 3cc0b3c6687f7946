"""What a run gets beside its code and files, checked once more as it starts: an approval is no grant of data for ever."""

from __future__ import annotations

from collections.abc import Mapping

from services.domain.destination import Destination
from services.domain.entities import Proposal, Session
from services.domain.errors import NotAllowed, SecretUnavailable
from services.secrets.configured import ConfiguredSecrets
from services.secrets.interface import Secrets
from services.validation.data import Data


class RunProvisions:
    """Finds the real locations of the data of approved programs, and the values of their secrets."""

    def __init__(self, data: Data | None = None, secrets: Secrets | None = None) -> None:
        self._data = data
        self._secrets = secrets or ConfiguredSecrets()

    async def variables(self, proposal: Proposal, session: Session, target: str) -> Mapping[str, str]:
        """The environment variables of its data connections, with their real locations.

        Raises NotAllowed for a connection that its requester may no longer use there, or that was changed after the approval.
        """
        bound = proposal.provisions.connections
        if not bound:
            return {}
        asker = Destination(user=proposal.requester, channel=session.channel, target=target)
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

    async def secrets(self, proposal: Proposal, session: Session, target: str) -> Mapping[str, str]:
        """The values of its secrets, without those that the target has itself.

        Raises NotAllowed for one that its requester may no longer use there, or that was changed after the approval, and
        SecretUnavailable for one that can't be read.
        """
        for each in proposal.provisions.secrets:
            try:
                found = self._secrets.usable(
                    each.name, user=proposal.requester, channel=session.channel, target=target
                )
            except NotAllowed:
                raise NotAllowed(
                    f"The secret {each.name} can no longer be used here by this program, so nothing was run."
                ) from None
            if found.on_target != each.on_target:
                raise NotAllowed(
                    f"The secret {each.name} was changed after the program was approved, so nothing was run. Ask again."
                )
        try:
            return await self.values(proposal)
        except SecretUnavailable as error:
            raise SecretUnavailable(f"{error.public} Nothing was run.") from None

    async def values(self, proposal: Proposal) -> Mapping[str, str]:
        """The same of a run that has them already. Raises SecretUnavailable."""
        bound = proposal.provisions.secrets
        return {each.name: await self._secrets.value(each.name) for each in bound if not each.on_target}
