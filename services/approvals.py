"""Who may ask and who may approve: a pure decision over what Slack says of a person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody who asks; `foreign` is someone of another workspace.

    `approves` is what the operator has said of this very one, who is then asked for nothing else.
    """

    id: str
    name: str
    guest: bool = False
    bot: bool = False
    foreign: bool = False
    approves: bool | None = None


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """Named approvers, or, where none are named, every member who is not a guest."""

    approvers: Collection[str] = ()

    def objection(self, person: Person) -> str | None:
        """Why `person` may not decide on a run, as a sentence; None when they may."""
        if person.approves is not None:
            return (
                None if person.approves else "Your token may not approve runs; ask somebody whose token may."
            )
        if person.bot:
            return "Only people can approve a run."
        if self.approvers:
            return None if person.id in self.approvers else self._named()
        if person.guest or person.foreign:
            return "Guests can't approve runs; please ask a member of this workspace."
        return None

    def _named(self) -> str:
        names = " or ".join(f"<@{user}>" for user in sorted(self.approvers))
        return f"You can't approve runs here; please ask {names}."
