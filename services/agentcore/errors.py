"""What can go wrong between the bot and the runtime that its supervisor lives in; each a sentence for the thread."""

from __future__ import annotations

from services.domain.errors import RaygenError


class RuntimeUnreachable(RaygenError):
    """The agent's runtime can't be reached right now; please try again in a minute."""


class RuntimeBusy(RaygenError):
    """The agent's runtime is taking no more requests right now; please try again in a minute."""


class SessionExpired(RaygenError):
    """The agent's session for this thread has just ended; trying again opens a new one."""


class RuntimeRefused(RaygenError):
    """The agent's runtime refused our credentials; `raygen doctor` says what to change."""


class RuntimeMissing(RaygenError):
    """The configured agent runtime does not exist; `raygen doctor` says what to change."""


class RuntimeFailed(RaygenError):
    """The agent's runtime failed on this request; its log says why, and nothing was run on a target."""


class RuntimeSilent(RaygenError):
    """The agent's runtime did not answer in time, so this request was given up; please try again."""


class RuntimeInterrupted(RaygenError):
    """The agent's answer broke off before its end; please try again."""


class RuntimeMisunderstood(RaygenError):
    """The agent's runtime answered in a way that this version of raygen can't read; it may need an update."""
