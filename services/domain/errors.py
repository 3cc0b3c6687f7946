"""The one tree of errors that people may read: each class docstring is its default public sentence."""

from __future__ import annotations

import inspect
from typing import ClassVar


class RaygenError(Exception):
    """Something went wrong on our side. Try again."""

    code: ClassVar[str] = "raygen"
    """Stored with the message of a failed step: marks the message as public for a later process."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or inspect.cleandoc(type(self).__doc__ or ""))

    @property
    def public(self) -> str:
        """The sentence for the person; never holds secrets, paths or tracebacks."""
        return str(self.args[0])


class SettingsError(RaygenError):
    """A setting is missing or invalid. `raygen doctor` shows which."""


class SealUnavailable(RaygenError):
    """Programs can't be validated because no sandbox is available. `raygen doctor` shows what to change."""


class TargetUnavailable(RaygenError):
    """The target cluster can't be reached. Try again in a minute."""


class TargetRefused(RaygenError):
    """The target cluster rejected this job. `raygen doctor` shows why."""


class PackagesRefused(RaygenError):
    """The program's packages can't be installed here. `raygen doctor` shows what to change."""


class DataUnavailable(RaygenError):
    """The data can't be read. `raygen data check` shows what to change."""


class DataRefused(RaygenError):
    """That data can't be used by this program. `/raygen data` lists what you can use."""


class SecretUnavailable(RaygenError):
    """A secret can't be read. `raygen secrets check` shows which."""


class StorageFull(RaygenError):
    """raygen's disk is full, so nothing can be saved. An operator has to free some space."""


class ArtifactsUnavailable(RaygenError):
    """The artifact store can't be reached. Try again in a minute."""


class ModelUnavailable(RaygenError):
    """The model can't be reached. Try again in a minute."""


class ModelBusy(ModelUnavailable):
    """The model is busy. Try again in a minute."""

    def __init__(self, message: str | None = None, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds after which the service says that it may be asked again."""


class ModelInterrupted(ModelUnavailable):
    """The model's answer was cut off. Try again."""


class BudgetSpent(RaygenError):
    """This request has used up its budget."""  # noqa: D404  # the public sentence


class PutAside(RaygenError):
    """raygen crashed several times while working on this, so it stopped trying. Ask in a different way."""


class NotAllowed(RaygenError):
    """You don't have permission to do that here."""


class DirectoryUnavailable(RaygenError):
    """Slack can't confirm right now who has permission to do that. Try again in a minute."""


class Outdated(RaygenError):
    """That card is out of date. Use the newest one in this thread."""


class BadRequest(RaygenError):
    """That request isn't valid. See `/raygen help`."""


class TooOften(RaygenError):
    """You have reached the request limit. Try again later."""
