"""What is installed for a program, as its card shows it."""

from __future__ import annotations

from handlers.blocks.mrkdwn import literal, quoted
from handlers.blocks.primitives import Block, context
from services.domain.locks import LockedPackage
from services.proposals.cards import ProposalCard
from services.text.formatting import human_bytes, plural

_SHOWN = 6


def lines(card: ProposalCard) -> list[Block]:
    """The packages by name, version and size: first what was never approved here, then what the program itself asks for."""
    lock, before = card.proposal.lock, card.packages_before
    if not lock:
        return []
    ordered = sorted(lock.packages, key=lambda each: (each.pin in before, not each.asked, each.name))
    names = ", ".join(_described(each) for each in ordered[:_SHOWN])
    more = f" and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    total = f", {human_bytes(lock.size)} in all" if lock.size and len(ordered) > 1 else ""
    new = sum(each.pin not in before for each in ordered)
    if not new:
        known = "all approved here before"
    elif new == len(ordered):
        known = "not approved here before"
    else:
        known = f"{plural(new, 'package')} not approved here before"
    return [context(f":package: *Installs* {names}{more}{total} · {known}")]


def _described(package: LockedPackage) -> str:
    notes = [human_bytes(package.size)] if package.size else []
    notes += ["withdrawn by its maker"] if package.yanked else []
    return f"{quoted(package.name, 60)} {literal(package.version, 40)}" + (
        f" ({', '.join(notes)})" if notes else ""
    )
