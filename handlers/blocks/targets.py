"""The targets: up or down, what is free, who can use them."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.blocks.mrkdwn import literal
from handlers.blocks.primitives import Block, Message, mrkdwn
from services.execution.state import ClusterState
from services.targets.targets import ConfiguredTarget
from services.text.formatting import human_resource, human_share, plural

_SHOWN = ("CPU", "GPU", "memory")

Found = Sequence[tuple[ConfiguredTarget, ClusterState]]


def targets(found: Found, user: str) -> Message:
    """All targets for one person, the default first; those that they can't use are marked."""
    return Message("Targets", sections(found, user))


def sections(found: Found, user: str) -> list[Block]:
    return [
        mrkdwn(_line(place, state, user, default=not number)) for number, (place, state) in enumerate(found)
    ]


def _line(place: ConfiguredTarget, state: ClusterState, user: str, *, default: bool) -> str:
    head = f"*{literal(place.name, 100)}*" + (" (default)" if default else "")
    if place.terms.users and user not in place.terms.users:
        return f":lock: {head}: you don't have access"
    if not state.up:
        return f":red_circle: {head}: down. {literal(state.problem, 300)}"
    facts = [
        f"Ray {literal(state.version, 50)}",
        *([plural(state.nodes, "node")] if state.nodes else []),
        *_free(state),
    ]
    if state.waiting:
        facts.append(f"{plural(state.waiting, 'task or actor', 'tasks or actors')} waiting for resources")
    limits = [_amount(name, amount) for name, amount in sorted(place.terms.limits.items())]
    if limits:
        facts.append(f"up to {', '.join(limits)} per task, actor or driver")
    if place.terms.network:
        facts.append(f"network: {literal(place.terms.network, 20)}")
    if place.terms.runs is not None:
        facts.append(f"up to {plural(place.terms.runs, 'run')} at a time")
    return f":large_green_circle: {head}: up\n" + " · ".join(facts)


def _free(state: ClusterState) -> list[str]:
    shares = [(name, state.shares[name]) for name in _SHOWN if name in state.shares]
    return [f"{literal(human_share(name, share.free, share.total), 200)} free" for name, share in shares]


def _amount(name: str, amount: float) -> str:
    return literal(human_resource(name, amount), 100)
