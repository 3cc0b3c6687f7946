"""The one tree of errors that people may read: each class docstring is its default public sentence."""

from __future__ import annotations

import inspect
from typing import ClassVar


class RaygenError(Exception):
    """Something went wrong on our side; please try again."""

    code: ClassVar[str] = "raygen"
    """Stored beside the message of a step that failed: by it a later process knows that people may read the message."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or inspect.cleandoc(type(self).__doc__ or ""))

    @property
    def public(self) -> str:
        """The sentence for the person; never holds secrets, paths or tracebacks."""
        return str(self.args[0])


class SettingsError(RaygenError):
    """A setting is missing or wrong; `raygen doctor` says which."""


class SealUnavailable(RaygenError):
    """Programs can't be validated here because no sandbox can be made; `raygen doctor` says what to change."""


class TargetUnavailable(RaygenError):
    """The target cluster can't be reached right now; please try again in a minute."""


class TargetRefused(RaygenError):
    """The target cluster refused this job; `raygen doctor` says why."""


class StorageFull(RaygenError):
    """raygen's disk is full, so nothing new can be saved. Try again once an operator has made room."""


class ArtifactsUnavailable(RaygenError):
    """The store of pictures and files can't be reached right now; please try again in a minute."""


class ModelUnavailable(RaygenError):
    """The model can't be reached right now; please try again in a minute."""


class ModelBusy(ModelUnavailable):
    """The model is busy right now; please try again in a minute."""

    def __init__(self, message: str | None = None, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds after which the service says that it may be asked again."""


class ModelInterrupted(ModelUnavailable):
    """The model's answer broke off; please try again."""


class BudgetSpent(RaygenError):
    """One request may cost only so much, and this one has used it up."""


class PutAside(RaygenError):
    """raygen stopped several times while it worked on this, so it was put aside. Ask for it in another way."""


class NotAllowed(RaygenError):
    """You may not do that here."""


class DirectoryUnavailable(RaygenError):
    """Slack can't be asked right now who may do that; try again in a minute."""


class Outdated(RaygenError):
    """That card is no longer current; please use the newest one in this thread."""


class BadRequest(RaygenError):
    """That can't be done as asked; try `/raygen help`."""


class TooOften(RaygenError):
    """That is more than one person may ask for at once; please come back later."""
