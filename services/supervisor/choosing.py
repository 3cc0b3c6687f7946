"""Several supervisors, each with a model of its own, as one that lets the person's choice decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.domain.progress import OnStage
from services.supervisor.interface import Briefing, Conclusion, OnWords, Supervising
from services.supervisor.meter import Meter
from services.supervisor.workshop import OnAttempt


@dataclass(frozen=True, slots=True)
class ChoosingSupervisor:
    """Implements Supervising: `others` by the name of their model, and `usual` for everybody who has not chosen one of those."""

    usual: Supervising
    others: Mapping[str, Supervising] = field(default_factory=dict[str, Supervising])

    async def handle(
        self,
        briefing: Briefing,
        on_stage: OnStage,
        meter: Meter | None = None,
        on_words: OnWords | None = None,
        on_attempt: OnAttempt | None = None,
    ) -> Conclusion:
        """As the interface says; a model that is not on offer any more is as none."""
        chosen = self.others.get(briefing.model, self.usual)
        return await chosen.handle(briefing, on_stage, meter, on_words, on_attempt)
