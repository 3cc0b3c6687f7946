"""What people have chosen for themselves."""

from __future__ import annotations

import time

from services.domain import current_workspace
from services.domain.preference import Preference
from services.store import tables
from services.store.repository import Repository


class Preferences(Repository):
    """One for each person who has chosen something, with the workspace in which they did so last."""

    async def of(self, user: str) -> Preference:
        row = await self._one(tables.preferences, tables.preferences.c.user == user)
        return Preference(row.target, bool(row.direct), row.model or "") if row else Preference()

    async def put(self, user: str, preference: Preference) -> None:
        values = {
            "target": preference.target,
            "direct": int(preference.direct),
            "model": preference.model,
            "team": current_workspace.current(),
            "chosen_at": time.time(),
        }
        await self._put(tables.preferences, {"user": user}, values)
