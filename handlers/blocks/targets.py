"""The targets: up or down, what is free, who can use them."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.blocks.mrkdwn import literal
from handlers.blocks.primitives import Block, Message, context, mrkdwn, prose
from services.domain.target_profile import TargetProfile
from services.execution.state import ClusterState
from services.targets.targets import ConfiguredTarget, TargetView
from services.text.formatting import human_bytes, human_resource, human_share, plural
from services.validation.cluster import of_validation

_SHOWN = ("CPU", "GPU", "memory")
_LISTED = 9000
_PARAGRAPH = 2800

Found = Sequence[tuple[ConfiguredTarget, ClusterState]]


def targets(found: Found, user: str) -> Message:
    """All targets for one person, the default first; those that they can't use are marked."""
    return Message("Targets", sections(found, user))


def target(found: TargetView, user: str) -> Message:
    """One target with what it has: where its programs are validated, Python, hardware and packages."""
    place, state, profile = found.place, found.state, found.profile
    blocks = [mrkdwn(_line(place, state, user, default=False))]
    if profile is not None:
        blocks.append(mrkdwn(_facts(profile)))
    if found.validation is not None:
        blocks.append(mrkdwn(_validation(found.validation)))
    if profile is not None:
        blocks += _packages(place.name, profile)
    elif state.up and place.open_to(user):
        blocks.append(context("What it has installed is unknown for now. Try again in a minute."))
    return Message(f"The target {literal(place.name, 100)}", blocks)


def _validation(state: ClusterState) -> str:
    head = "*Validation:* on a cluster of its own, unsealed"
    if not state.up:
        problem = literal(of_validation(state.problem), 300)
        return f":red_circle: {head}. It is down: {problem} Until it is back, programs are validated as for other targets."
    facts = [f"Ray {literal(state.version, 50)}", *([plural(state.nodes, "node")] if state.nodes else [])]
    return f":large_green_circle: {head}\n" + " · ".join([*facts, *_free(state)])


def _facts(profile: TargetProfile) -> str:
    facts = [f"Python {literal(profile.python, 50)}", f"Ray {literal(profile.ray, 50)}"]
    if profile.gpus:
        facts.append(human_resource("GPU", profile.gpus))
    if profile.accelerators:
        facts.append(f"accelerator types: {literal(', '.join(profile.accelerators), 500)}")
    if profile.memory:
        facts.append(f"up to {human_bytes(profile.memory)} of memory on a node")
    if profile.answered < profile.nodes:
        facts.append(f"{profile.answered} of {plural(profile.nodes, 'node')} answered")
    return " · ".join(facts)


def _packages(target: str, profile: TargetProfile) -> list[Block]:
    named = [f"{name} {version}" for name, version in sorted(profile.packages.items())]
    head = f"*{plural(len(named), 'package')}* " + (
        "installed with raygen; programs also have those that they were validated with"
        if profile.own
        else f"installed on all nodes of {literal(target, 100)} that answered"
    )
    return [mrkdwn(head), *_listed(named)]


def _listed(named: Sequence[str]) -> list[Block]:
    """The packages in paragraphs, as many as a message has room for."""
    paragraphs, shown, room = [""], 0, _LISTED
    for each in named:
        room -= len(each) + 2
        if room < 0:
            break
        if len(paragraphs[-1]) + len(each) + 2 > _PARAGRAPH:
            paragraphs.append("")
        paragraphs[-1] += f"{', ' if paragraphs[-1] else ''}{each}"
        shown += 1
    left = len(named) - shown
    return [
        *(prose(each) for each in paragraphs if each),
        *([context(f"and {left} more")] if left else []),
    ]


def sections(found: Found, user: str) -> list[Block]:
    return [
        mrkdwn(_line(place, state, user, default=not number)) for number, (place, state) in enumerate(found)
    ]


def _line(place: ConfiguredTarget, state: ClusterState, user: str, *, default: bool) -> str:
    head = f"*{literal(place.name, 100)}*" + (" (default)" if default else "")
    if not place.open_to(user):
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
