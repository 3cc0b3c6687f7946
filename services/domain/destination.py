"""Where a program would run and for whom, with what is known of that place: what it is written for and validated by."""

from __future__ import annotations

from dataclasses import dataclass

from services.domain.target_profile import TargetProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A target as one person sees it from one channel."""

    target: str = ""
    """Its name; empty where there is none yet."""
    user: str = ""
    """Who asks, by ID."""
    channel: str = ""
    """Where they ask, by ID."""
    profile: TargetProfile | None = None
    """What programs find there; None where that is unknown."""
    own_validation: bool = False
    """Whether the target has a validation cluster of its own, and this person may use it."""


NOWHERE = Destination()
