"""What can go wrong between the bot and the runtime that its supervisor lives in; each a sentence for the thread."""

from __future__ import annotations

from services.domain.errors import RaygenError


class RuntimeUnreachable(RaygenError):
    """The agent runtime can't be reached. Try again in a minute."""


class RuntimeBusy(RaygenError):
    """The agent runtime is busy. Try again in a minute."""


class SessionExpired(RaygenError):
    """The agent session for this thread has ended. Try again to start a new one."""


class RuntimeRefused(RaygenError):
    """The agent runtime rejected raygen's credentials. `raygen doctor` shows what to change."""


class RuntimeMissing(RaygenError):
    """The configured agent runtime doesn't exist. `raygen doctor` shows what to change."""


class RuntimeFailed(RaygenError):
    """The agent runtime failed on this request, and nothing ran on a target. Its log shows why."""


class RuntimeSilent(RaygenError):
    """The agent runtime did not answer in time. Try again."""


class RuntimeInterrupted(RaygenError):
    """The connection to the agent runtime was lost. Try again."""


class RuntimeMisunderstood(RaygenError):
    """The agent runtime sent a response that this version of raygen can't read. It may need an update."""
