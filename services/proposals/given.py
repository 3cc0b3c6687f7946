"""What a program was given besides its code, in words: its parameters, its arguments, and how two proposals differ in them."""

from __future__ import annotations

from collections.abc import Iterator

from services.domain import command_words
from services.domain.entities import Proposal
from services.domain.parameters import Value, shown, validation_values, values
from services.domain.values import Verdict
from services.security.redaction import masked

_UNTRIED = {Verdict.UNTRIED, Verdict.UNAVAILABLE, Verdict.REFUSED_BY_POLICY}


def parameters(proposal: Proposal) -> str:
    """The values that a run gets, such as `rows 10,000,000, mode fast`; empty where none are declared."""
    return masked(", ".join(f"{name} {shown(value)}" for name, value in _values(proposal).items()))


def arguments(proposal: Proposal) -> str:
    """Its further arguments as a command line; empty where there are none."""
    return masked(command_words.joined(proposal.given.arguments))


def validated(proposal: Proposal) -> str:
    """Such as `Validated with rows=10,000; runs with rows=10,000,000.`; empty where both are the same, or it was not run."""
    if proposal.validation.verdict in _UNTRIED:
        return ""
    runs = _values(proposal)
    tried = validation_values(proposal.header.parameters, proposal.given.values)
    differing = [name for name, value in tried.items() if value != runs[name]]
    if not differing:
        return ""
    before, after = (", ".join(f"{name}={shown(of[name])}" for name in differing) for of in (tried, runs))
    return masked(f"Validated with {before}; runs with {after}.")


def difference(before: Proposal, after: Proposal) -> str:
    """What `after` is given that `before` is not, such as `rows=10,000,000 instead of 1,000`; empty where nothing differs."""
    return masked(", ".join(_differences(before, after)))


def _differences(before: Proposal, after: Proposal) -> Iterator[str]:
    old, new = _values(before), _values(after)
    for name, value in new.items():
        if name not in old:
            yield f"{name}={shown(value)} (new)"
        elif value != old[name]:
            yield f"{name}={shown(value)} instead of {shown(old[name])}"
    yield from (f"without {name}" for name in old if name not in new)
    if before.given.arguments != after.given.arguments:
        words, earlier = (command_words.joined(each.given.arguments) or "none" for each in (after, before))
        yield f"arguments {words} instead of {earlier}"


def _values(proposal: Proposal) -> dict[str, Value]:
    return values(proposal.header.parameters, proposal.given.values)
