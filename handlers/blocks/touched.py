"""What a program asks for, touches and makes: as its code says, and as it was seen while it was validated."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping

from handlers import ids
from handlers.blocks.parts import Block, button, context, mrkdwn
from handlers.escape import literal, quoted
from services.approvals.facts import Facts
from services.model import Outcome, Touched
from services.output import clean, human_resource
from services.records import Proposal

_SHOWN = 4
_BLOCKED = 8
_RESOURCES = 8
_NAME = 500
_UNTOUCHED = {
    "files": "files",
    "hosts": "hosts",
    "processes": "processes",
    "environment": "environment variables",
}

Kinds = Mapping[str, Collection[str]]


def asked(proposal: Proposal) -> list[Block]:
    """The most of each resource that a task, an actor or the driver asks for."""
    amounts = sorted(Facts.of(proposal).resources.items())
    if not amounts:
        return []
    named = [literal(human_resource(name, amount), 100) for name, amount in amounts[:_RESOURCES]]
    more = [f"{len(amounts) - _RESOURCES} more"] if len(amounts) > _RESOURCES else []
    return [context(f"*Asks for* {', '.join([*named, *more])}")]


def touches(proposal: Proposal) -> list[Block]:
    """What it touches, twice, in one line where both say the same; what the seal blocked, by name; and a way to all of it
    where it is more than fits.
    """
    seen = proposal.validation.touched
    stated, observed = _stated(proposal), _observed(seen)
    where = _where(proposal.validation)
    lines = [f"*In its code:* {_line(stated)}", f"*{where}:* {_line(observed)}"]
    if proposal.validation.wall is None and not any(observed.values()):
        lines = lines[:1]
    elif _some(stated) == _some(observed):
        lines = [f"*In its code, and {where[0].lower()}{where[1:]}:* {_line(observed)}"]
    block = mrkdwn("\n".join(lines))
    kinds = [*stated.values(), *observed.values()]
    if any(len(names) > _SHOWN for names in kinds) or len(seen.refused) > _BLOCKED:
        block["accessory"] = button("All it touches", ids.PROPOSAL_TOUCHES, ids.proposal_value(proposal))
    if not seen.refused:
        return [block]
    return [block, mrkdwn(f":no_entry: *The seal blocked:* {_names(seen.refused, _BLOCKED)}")]


def made(outcome: Outcome) -> list[Block]:
    names = [artifact.name for artifact in outcome.artifacts]
    return [context(f"*Makes* {_names(names, _SHOWN)}")] if names else []


def everything(proposal: Proposal) -> str:
    """The same without omissions: a heading for each kind on either side, and a line for each name."""
    seen = proposal.validation.touched
    where = _where(proposal.validation)
    lists = {
        **{f"In its code: {kind}": names for kind, names in _stated(proposal).items()},
        **{f"{where}: {kind}": names for kind, names in _observed(seen).items()},
        "The seal blocked": seen.refused,
    }
    parts = [
        "\n".join([f"{heading} ({len(names)})", *(f"  {' '.join(clean(name).split())}" for name in names)])
        for heading, names in lists.items()
        if names
    ]
    return "\n\n".join(parts)


def _where(outcome: Outcome) -> str:
    return "Seen in its validation" if outcome.where else "Seen in the seal"


def _stated(proposal: Proposal) -> Kinds:
    policy = proposal.policy
    return {
        "files": _sorted(policy.files),
        "hosts": _sorted(policy.hosts),
        "processes": _sorted(policy.processes),
        "environment": _sorted(policy.environment),
        "packages": [name for name in _sorted(policy.imports) if name not in sys.stdlib_module_names],
        "installs": _sorted(proposal.header.packages),
    }


def _observed(seen: Touched) -> Kinds:
    return {
        "files": _sorted(seen.files),
        "hosts": _sorted(seen.hosts),
        "processes": _sorted(seen.processes),
        "environment": _sorted(seen.environment),
        "packages": _sorted(seen.packages),
    }


def _line(kinds: Kinds) -> str:
    named = [f"{kind} {_names(names, _SHOWN)}" for kind, names in kinds.items() if names]
    *missing, last = ["", *(words for kind, words in _UNTOUCHED.items() if not kinds[kind])]
    none = [f"no {' or '.join(filter(None, [', '.join(missing[1:]), last]))}"] if last else []
    return " · ".join([*named, *none])


def _names(names: Collection[str], most: int) -> str:
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    # A name may be as long as a program, and cleaning takes its time.
    return ", ".join(quoted(clean(name[:_NAME]), 60) for name in listed[:most]) + more


def _some(kinds: Kinds) -> Kinds:
    return {kind: names for kind, names in kinds.items() if names}


def _sorted(names: Collection[str]) -> list[str]:
    return sorted(set(names))
