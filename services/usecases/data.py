"""Which data a person can use in programs, and what it looks like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.domain.connections import Access, Connection, Sample
from services.domain.errors import BadRequest, DataUnavailable
from services.validation.data import Data


@dataclass(frozen=True, slots=True)
class ShownConnection:
    """A connection with its latest sample, or why there is none."""

    connection: Connection
    sample: Sample | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DataCatalog:
    """The data connections as people see them."""

    data: Data | None
    """All connections; None where there are none."""

    async def of(self, user: str, channel: str) -> Sequence[Connection]:
        """What this person can use in this channel, by name. Raises ArtifactsUnavailable."""
        if self.data is None:
            return ()
        catalog = await self.data.samples.catalog()
        usable = (each for each in catalog.connections.values() if each.usable(user=user, channel=channel))
        return sorted(usable, key=lambda each: each.name)

    async def show(self, name: str, user: str, channel: str) -> ShownConnection:
        """One connection with its latest sample. Raises BadRequest for one that they can't use, and ArtifactsUnavailable."""
        found = next((each for each in await self.of(user, channel) if each.name == name), None)
        if found is None or self.data is None:
            raise BadRequest(
                "You can use no data connection of that name here. `/raygen data` lists those that you can."
            )
        if Access.READ not in found.access:
            return ShownConnection(found)
        try:
            return ShownConnection(found, await self.data.sample(found))
        except DataUnavailable as error:
            return ShownConnection(found, problem=error.public)
