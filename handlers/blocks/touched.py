"""What a program requests, accesses and creates: from its code, and as observed in validation."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from types import MappingProxyType

from handlers.blocks import action_ids
from handlers.blocks.mrkdwn import literal, quoted
from handlers.blocks.primitives import Block, button, context, mrkdwn
from services.domain.entities import Proposal
from services.domain.program_facts import ProgramFacts
from services.domain.values import Outcome, Touched, Verdict
from services.text.formatting import clean, human_resource

_SHOWN = 4
_BLOCKED = 8
_RESOURCES = 8
_NAME = 500
_KINDS = {
    "files": "files",
    "hosts": "network hosts",
    "processes": "processes",
    "environment": "environment variables",
}

_NO_MORE: Mapping[str, int] = MappingProxyType({})

Kinds = Mapping[str, Collection[str]]


def requested(validation: Outcome, facts: ProgramFacts) -> list[str]:
    """The most of each resource that a task, an actor or the driver requests."""
    amounts = sorted(facts.resources.items())
    named = [literal(human_resource(name, amount), 100) for name, amount in amounts[:_RESOURCES]]
    more = [f"{len(amounts) - _RESOURCES} more"] if len(amounts) > _RESOURCES else []
    unseen = "resources it requested during validation could not be observed"
    unknown = [unseen] if _ran(validation) and "resources" in validation.unknown else []
    return [*([f"requests {', '.join([*named, *more])}"] if named else []), *unknown]


def touches(proposal: Proposal) -> list[Block]:
    """What it accesses by its code and as observed, in one line where both agree; what the sandbox blocked, by name; and
    a button for all of it where that doesn't fit.
    """
    outcome = proposal.validation
    seen = outcome.touched
    stated, observed = _stated(proposal), _observed(seen)
    where = _where(outcome)
    lines = [f"*In the code:* {_line(stated)}", f"*{where}:* {_line(observed, seen.more, outcome.unknown)}"]
    if not _ran(outcome) and not any(observed.values()):
        lines = lines[:1]
    elif _some(stated) == _some(observed) and not (outcome.unknown or seen.more):
        lines = [f"*Accesses:* {_line(observed)}"]
    block = mrkdwn("\n".join(lines))
    kinds = [*stated.values(), *observed.values()]
    if any(len(names) > _SHOWN for names in kinds) or len(seen.refused) > _BLOCKED:
        block["accessory"] = button(
            "Show all access", action_ids.PROPOSAL_TOUCHES, action_ids.proposal_value(proposal)
        )
    return [block, *_blocked(outcome)]


def _blocked(outcome: Outcome) -> list[Block]:
    """What the sandbox blocked, by name; only a sandbox blocks anything."""
    refused, more = outcome.touched.refused, outcome.touched.more.get("refused", 0)
    blocks = (
        [mrkdwn(f":no_entry: *Blocked by the sandbox:* {_names(refused, _BLOCKED, more)}")] if refused else []
    )
    if "refused" in outcome.unknown and _ran(outcome) and not outcome.where:
        what = "Whether the sandbox blocked more" if refused else "What the sandbox blocked"
        blocks.append(context(f":grey_question: {what} could not be observed."))
    return blocks


def made(outcome: Outcome) -> list[Block]:
    names = [artifact.name for artifact in outcome.artifacts]
    return [context(f"*Creates* {_names(names, _SHOWN)}")] if names else []


def everything(proposal: Proposal) -> str:
    """The same without omissions: a heading for each kind on either side, and a line for each name."""
    seen = proposal.validation.touched
    where = _where(proposal.validation)
    lists = {
        **{f"In the code: {kind}": names for kind, names in _stated(proposal).items()},
        "Installed for it": [each.pin for each in proposal.lock.packages],
        **{f"{where}: {kind}": names for kind, names in _observed(seen).items()},
        "Blocked by the sandbox": seen.refused,
    }
    parts = [
        "\n".join([f"{heading} ({len(names)})", *(f"  {' '.join(clean(name).split())}" for name in names)])
        for heading, names in lists.items()
        if names
    ]
    unlisted = [f"  {kind}: {count:,}" for kind, count in sorted(seen.more.items()) if count]
    parts += ["\n".join(["Observed, not listed", *unlisted])] if unlisted else []
    if _ran(proposal.validation) and (unseen := _unseen(proposal.validation)):
        parts.append(f"{where}: {unseen}")
    return "\n\n".join(parts)


def _unseen(outcome: Outcome) -> str:
    kinds = [_KINDS.get(kind, kind) for kind in outcome.unknown if kind != "refused"]
    return f"{_words(kinds, 'and')} could not be observed, or not in full" if kinds else ""


def _ran(outcome: Outcome) -> bool:
    """Whether there was anything to observe."""
    return outcome.verdict not in {Verdict.UNTRIED, Verdict.UNAVAILABLE, Verdict.REFUSED_BY_POLICY}


def _where(outcome: Outcome) -> str:
    return "Observed in validation" if outcome.where else "Observed in the sandbox"


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


def _line(kinds: Kinds, more: Mapping[str, int] = _NO_MORE, unknown: Collection[str] = ()) -> str:
    """The names of each kind; which kinds there are none of; and which could not be observed, which is never the same."""
    named = [
        f"{_KINDS.get(kind, kind)} {_names(names, _SHOWN, more.get(kind, 0))}"
        for kind, names in kinds.items()
        if names
    ]
    none = [words for kind, words in _KINDS.items() if not kinds[kind] and kind not in unknown]
    unseen = [_KINDS.get(kind, kind) for kind, names in kinds.items() if kind in unknown and not names]
    partly = [_KINDS.get(kind, kind) for kind, names in kinds.items() if kind in unknown and names]
    parts = [*named, *([f"no {_words(none, 'or')}"] if none else [])]
    parts += [f"{_words(unseen, 'and')} could not be observed"] if unseen else []
    parts += [f"not all {_words(partly, 'and')} could be observed"] if partly else []
    return " · ".join(parts)


def _words(names: list[str], joint: str) -> str:
    *before, last = names
    return f"{', '.join(before)} {joint} {last}" if before else last


def _names(names: Collection[str], most: int, unlisted: int = 0) -> str:
    shown = list(names)
    left = max(len(shown) - most, 0) + unlisted
    more = f" and {left:,} more" if left else ""
    # A name may be as long as a program, and cleaning takes its time.
    return ", ".join(quoted(clean(name[:_NAME]), 60) for name in shown[:most]) + more


def _some(kinds: Kinds) -> Kinds:
    return {kind: names for kind, names in kinds.items() if names}


def _sorted(names: Collection[str]) -> list[str]:
    return sorted(set(names))
