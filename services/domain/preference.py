"""What a person has chosen for all their requests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preference:
    """`target` is where a person's new programs run, empty for the first that is open to them.

    `direct`: the end of a run that they asked for is also sent as a direct message. `model` writes and answers for them,
    empty for the usual ones.
    """

    target: str = ""
    direct: bool = False
    model: str = ""
