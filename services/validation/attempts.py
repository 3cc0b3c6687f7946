"""What the observer noted of an attempt: where the program wanted to go, whatever it was written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.domain.untrusted_data import from_json
from services.domain.values import Outcome

_LISTED = 100


@dataclass(frozen=True, slots=True)
class Attempted:
    """Host names asked for and addresses (`HOST:PORT`) that something was to be sent to, each once.

    `unlisted` counts further ones, and `unread` attempts to reach an address that the observer was not shown.
    """

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    unlisted: int = 0
    unread: int = 0

    def with_note(self, note: bytes) -> Attempted:
        """The same and one more note of the observer's; what is no note changes nothing."""
        match _parsed(note):
            case ["name", str(name)] if len(self.names) < _LISTED:
                return replace(self, names=(*self.names, name))
            case ["address", str(address)] if len(self.addresses) < _LISTED:
                return replace(self, addresses=(*self.addresses, address))
            case ["unlisted", int(count)]:
                return replace(self, unlisted=count)
            case ["unread", int(count)]:
                return replace(self, unread=count)
            case _:
                return self

    def added_to(self, outcome: Outcome) -> Outcome:
        """The outcome with what was observed from outside before what the program's own process observed."""
        touched = outcome.touched
        refused = [
            *(f"name lookup of {name}" for name in self.names),
            *(f"network to {address}" for address in self.addresses),
        ]
        more = dict(touched.more)
        for kind in ("hosts", "refused") if self.unlisted else ():
            more[kind] = more.get(kind, 0) + self.unlisted
        unknown = outcome.unknown
        if self.unread:
            refused.append("network to an address that could not be read")
            unknown = tuple(dict.fromkeys((*unknown, "hosts")))
        touched = replace(
            touched,
            hosts=_united((*self.names, *self.addresses), touched.hosts),
            refused=_united(refused, touched.refused),
            more=more,
        )
        return replace(outcome, touched=touched, unknown=unknown)


def declared(hosts: Sequence[str], attempted: Attempted) -> tuple[str, ...]:
    """Those of the declared `hosts` that it tried to reach: `api.example.com`, `*.example.com`, an address, or each with a port."""
    names = {name.lower().rstrip(".") for name in attempted.names}
    addresses = {address.lower() for address in attempted.addresses}
    addresses |= {address.rpartition(":")[0].strip("[]") for address in addresses}
    return tuple(host for host in hosts if host in addresses or _among(host.partition(":")[0], names))


def _among(host: str, names: set[str]) -> bool:
    if host.startswith("*."):
        return any(name.endswith(host[1:]) for name in names)
    return host in names


def _united(observed: list[str] | tuple[str, ...], claimed: tuple[str, ...]) -> tuple[str, ...]:
    """Each once; a program may spell a name otherwise than it asks for it."""
    known = {name.lower() for name in observed}
    return (*observed, *(name for name in claimed if name.lower() not in known))


def _parsed(note: bytes) -> Any:
    try:
        return from_json(note)
    except ValueError:
        return None
