"""What a program's header asks for besides packages: data connections and secrets, for one person, channel and target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.domain.destination import Destination
from services.domain.errors import DataRefused, NotAllowed
from services.domain.program_header import Script
from services.domain.provisions import NO_PROVISIONS, BoundConnection, BoundSecret, Provisions
from services.secrets.configured import ConfiguredSecrets
from services.secrets.interface import Secrets
from services.validation.data import Data, OnProgress, unreported
from services.validation.interface import NOTHING_PROVIDED, DataPlace, Provided


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplies:
    """Where the data and secrets of programs come from."""

    data: Data | None = None
    """The data connections; None where there are none."""
    secrets: Secrets = field(default_factory=ConfiguredSecrets)
    """The secrets; there may be none."""
    asker: Destination | None = None
    """For whom the program is made; None for an operator, who may use everything."""
    on_progress: OnProgress = unreported
    """Gets what is being done."""

    async def provided(self, header: Script, reads: Sequence[str]) -> tuple[Provisions, Provided]:
        """What is bound by an approval, and what the seal gets, for a program that reads these environment variables.

        Raises DataRefused and DataUnavailable.
        """
        if not (header.data or header.secrets or reads):
            return NO_PROVISIONS, NOTHING_PROVIDED
        secrets = self._secrets(header, reads)
        dummies = [(each.name, await self.secrets.dummy(each.name)) for each in secrets]
        connections, places = await self._data(header, reads)
        return (
            Provisions(connections=connections, secrets=secrets),
            Provided(places=places, dummies=tuple(dummies)),
        )

    async def _data(
        self, header: Script, reads: Sequence[str]
    ) -> tuple[tuple[BoundConnection, ...], tuple[DataPlace, ...]]:
        if self.data is not None:
            return await self.data.bound(header, reads, self.asker, self.on_progress)
        if header.data:
            raise DataRefused(
                f"The program uses the data connection {header.data[0].name}, and no data connections are set up here."
                " RAYGEN_DATA names their file."
            )
        return (), ()

    def _secrets(self, header: Script, reads: Sequence[str]) -> tuple[BoundSecret, ...]:
        declared = {each.name for each in header.secrets}
        found: list[BoundSecret] = []
        if self.asker is None:
            return tuple(BoundSecret(name=each.name, purpose=each.purpose) for each in header.secrets)
        for each in self.secrets.available(user=self.asker.user, channel=self.asker.channel):
            if each.name in reads and each.name not in declared:
                raise DataRefused(
                    f"The program reads the secret {each.name} without declaring it. "
                    f'Add `{each.name} = "what it is for"` under `[tool.raygen.secrets]` in its header.'
                )
        for use in header.secrets:
            try:
                secret = self.secrets.usable(
                    use.name, user=self.asker.user, channel=self.asker.channel, target=self.asker.target
                )
            except NotAllowed as error:
                raise DataRefused(error.public) from None
            found.append(BoundSecret(name=use.name, purpose=use.purpose, on_target=secret.on_target))
        return tuple(found)


NO_SUPPLIES = Supplies()
