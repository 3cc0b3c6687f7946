"""The secrets that an operator has named."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from services.domain.channels import channel_kind
from services.domain.errors import NotAllowed, SecretUnavailable
from services.secrets import dummies, sources
from services.secrets.interface import Secret


class ConfiguredSecrets:
    """Reads a value whenever it is asked for, and keeps none."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._by_name = {secret.name: secret for secret in sorted(secrets, key=lambda each: each.name)}
        self._dummies = dummies.Dummies()

    @property
    def all(self) -> Sequence[Secret]:
        """By name."""
        return tuple(self._by_name.values())

    def available(self, *, user: str, channel: str) -> Sequence[Secret]:
        return [each for each in self.all if _is_for(each, user) and _is_in(each, channel)]

    def usable(self, name: str, *, user: str, channel: str, target: str) -> Secret:
        secret = self._by_name.get(name)
        if secret is None or not _is_for(secret, user):
            others = ", ".join(each.name for each in self.available(user=user, channel=channel))
            advice = f"You can use {others}" if others else "Have an operator add it to RAYGEN_SECRETS"
            raise NotAllowed(f"There is no secret {name} that you can use. {advice}.")
        if not _is_in(secret, channel):
            raise NotAllowed(f"The secret {name} can't be used in this channel.")
        if secret.targets and target not in secret.targets:
            where = ", ".join(sorted(secret.targets))
            raise NotAllowed(
                f"The secret {name} can't be used on the target {target}. It can be used on {where}."
            )
        return secret

    async def value(self, name: str) -> str:
        secret = self._by_name.get(name)
        if secret is None:
            raise SecretUnavailable(f"The secret {name} can't be read: RAYGEN_SECRETS doesn't list it.")
        return await asyncio.to_thread(sources.read, secret)

    async def dummy(self, name: str) -> str:
        if (made := self._dummies.get(name)) is not None:
            return made
        try:
            return self._dummies.make(name, await self.value(name))
        except SecretUnavailable:
            return self._dummies.make(name, dummies.TOKEN)

    def dummies_in(self, text: str) -> tuple[str, ...]:
        return self._dummies.within(text)


def _is_for(secret: Secret, user: str) -> bool:
    return not secret.users or user in secret.users


def _is_in(secret: Secret, channel: str) -> bool:
    return not secret.channels or bool(secret.channels & {channel, channel_kind(channel)})
