"""What people have chosen for themselves, and what they think of answers and results."""

from __future__ import annotations

from dataclasses import dataclass

from services.approvals.actions import Action
from services.approvals.permissions import Permissions
from services.domain.errors import Outdated
from services.domain.preference import Preference
from services.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceActions:
    """A person's own settings, and their votes."""

    store: Store
    permissions: Permissions
    models: tuple[str, ...]
    """Those that people may choose from; none where there is no choice."""

    async def of(self, user: str) -> Preference:
        """What a person has chosen for all their requests."""
        return await self.store.preferences.of(user)

    async def choose(
        self, user: str, *, target: str | None = None, direct: bool | None = None, model: str | None = None
    ) -> Preference:
        """Change what is given; returns all of it as it is then. Raises Outdated for a model that is not on offer."""
        known = await self.of(user)
        if model and model not in self.models:
            raise Outdated("That model is no longer available. Choose another one.")
        chosen = Preference(
            known.target if target is None else target,
            known.direct if direct is None else direct,
            known.model if model is None else model,
        )
        await self.store.preferences.put(user, chosen)
        return chosen

    async def vote(self, subject: str, user: str, *, helpful: bool) -> None:
        """Keep what a person thinks of an answer (a task's ID) or a result (a run's); their last vote counts."""
        run = await self.store.runs.find(subject)
        if run is not None:
            task_id = (await self.permissions.proposal(Action.VOTE, run.proposal_id, user)).task_id
        elif (task := await self.store.tasks.find(subject)) is not None:
            await self.permissions.check(Action.VOTE, task, user)
            task_id = subject
        else:
            raise Outdated("That answer is no longer stored, so it can't be rated.")
        await self.store.votes.put(subject, task_id, user, helpful=helpful)
