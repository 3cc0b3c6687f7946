"""What has come up in its thread since a program was proposed, while its card still awaits a decision."""

from __future__ import annotations

from dataclasses import dataclass

from services.domain.entities import Proposal, ProposalStatus, TaskKind
from services.domain.filenames import importable
from services.store import Store


@dataclass(frozen=True, slots=True)
class ThreadUpdates:
    """The next request that is under way, by whom and of which kind, and files, by name.

    `changed` are files of which the thread has another version than the program would run with, `added` those that it would
    run without. A Python file is none of these, unless the program imports it.
    """

    user: str = ""
    kind: TaskKind | None = None
    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.kind or self.changed or self.added)


async def newer(store: Store, proposal: Proposal) -> ThreadUpdates:
    """As of now; nothing for what is decided."""
    if proposal.status is not ProposalStatus.OPEN:
        return ThreadUpdates()
    tasks = await store.tasks.of_session(proposal.session_id)
    task = next((each for each in tasks if not each.ended and each.id != proposal.task_id), None)
    own = {each.name: each.sha256 for each in proposal.inputs}
    files = await store.inputs.digests(proposal.session_id) if proposal.runnable else {}
    return ThreadUpdates(
        task.user if task else "",
        task.kind if task else None,
        tuple(sorted(name for name, digest in files.items() if own.get(name, digest) != digest)),
        tuple(sorted(name for name in files.keys() - own.keys() if not importable(name))),
    )
