"""What a program's header asks for besides packages: data connections and secrets, for one person, channel and target."""

from __future__ import annotations

from dataclasses import dataclass

from services.domain.destination import Destination
from services.domain.errors import DataRefused
from services.domain.program_header import Script
from services.domain.provisions import NO_PROVISIONS, Provisions
from services.domain.values import PolicyReport
from services.validation.data import Data, OnProgress, unreported
from services.validation.interface import NOTHING_PROVIDED, Provided


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplies:
    """Where the data and secrets of programs come from."""

    data: Data | None = None
    """The data connections; None where there are none."""
    asker: Destination | None = None
    """For whom the program is made; None for an operator, who may use everything."""
    on_progress: OnProgress = unreported
    """Gets what is being done."""

    async def provided(self, header: Script, policy: PolicyReport) -> tuple[Provisions, Provided]:
        """What is bound by an approval, and what the seal gets. Raises DataRefused and DataUnavailable."""
        if self.data is None:
            if header.data:
                raise DataRefused(
                    f"The program uses the data connection {header.data[0].name}, and no data connections are set up here."
                    " RAYGEN_DATA names their file."
                )
            return NO_PROVISIONS, NOTHING_PROVIDED
        connections, places = await self.data.bound(header, policy.environment, self.asker, self.on_progress)
        return Provisions(connections=connections), Provided(places=places)


NO_SUPPLIES = Supplies()
