"""The audit chain: who asked, saw, edited, approved, ran and stopped what, each record bound to the one before it.

A record is one line of canonical JSON, its *body*; its hash is sha256 over the hash before it and that body. Records hold IDs
and hashes, never a word of a request, a program or an output, so that they can be kept when those are deleted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from services.domain.untrusted_data import from_json

GENESIS = "0" * 64
"""What stands in the place of a hash before the first record."""


class AuditAction(StrEnum):
    """What was done. `unsealed` is a program's validation where it isn't sealed, before anybody has approved it. `shown` is a proposal put before its channel, `looked` one person's look at code or details.

    `counted` is an approval that is not enough by itself yet, `granted` one for a whole thread; `rejected` is dismissed with a
    reason.
    """

    ASKED = "asked"
    EDITED = "edited"
    CANCELLED = "cancelled"
    UNSEALED = "unsealed"
    SHOWN = "shown"
    LOOKED = "looked"
    RETARGETED = "retargeted"
    COUNTED = "counted"
    APPROVED = "approved"
    GRANTED = "granted"
    GRANT_ENDED = "grant_ended"
    DISMISSED = "dismissed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    BEGUN = "begun"
    SUBMITTED = "submitted"
    STOP_ASKED = "stop_asked"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Event:
    """What to record: an AuditAction or the name of a decision. `by` is a person's ID, empty for raygen itself; unknown fields are empty.

    `sha256` is that of the program's code, and `facts` are further short facts by name, such as the verdict.
    """

    action: str
    by: str = ""
    channel: str = ""
    session: str = ""
    task: str = ""
    proposal: str = ""
    run: str = ""
    sha256: str = ""
    target: str = ""
    facts: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One link; `position` counts from 1."""

    position: int
    body: str
    previous: str
    hash: str

    @classmethod
    def of(cls, event: Event, *, position: int, previous: str, at: float) -> AuditRecord:
        """The record of an event that happened `at` (POSIX seconds), after the record with the hash `previous`."""
        fields = {name: value for name, value in asdict(event).items() if value}
        body = canonical({**fields, "position": position, "at": at})
        return cls(position, body, previous, digest(previous, body))

    @property
    def fields(self) -> dict[str, Any]:
        """The body's content. Raises ValueError where it is none."""
        found: Any = from_json(self.body)
        if not isinstance(found, dict):
            raise ValueError("a record's body must be an object")  # noqa: TRY004  # as what is no JSON at all
        return {str(name): value for name, value in found.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]

    @property
    def action(self) -> str:
        """Empty where the body was made unreadable."""
        try:
            return str(self.fields["action"])
        except (ValueError, KeyError):
            return ""

    @property
    def at(self) -> float:
        """POSIX seconds; 0 where the body was made unreadable."""
        try:
            return float(self.fields["at"])
        except (ValueError, KeyError, TypeError):
            return 0.0


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain as it is recorded separately: the last one's position and hash."""

    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that can't be by itself: where, and what is wrong with it in a sentence; 0 is the chain as a whole."""

    position: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What an examination found: the records, the last one's position and hash, and all flaws in their order.

    `expected` has the position of each expected hash, None for one that does not occur.
    """

    count: int
    hash: str
    flaws: tuple[Flaw, ...] = ()
    position: int = 0
    expected: tuple[tuple[str, int | None], ...] = ()

    @property
    def whole(self) -> bool:
        return not self.flaws and all(place is not None for _, place in self.expected)


def canonical(value: dict[str, Any]) -> str:
    """The one way to write it as JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(previous: str, body: str) -> str:
    return hashlib.sha256(f"{previous}\n{body}".encode(errors="surrogatepass")).hexdigest()


class Examination:
    """Goes along a chain in the order of its positions, and notes what does not fit.

    A chain that begins later than at its first record is an excerpt: what is before it is taken as given. `expect` are hashes
    that are expected, or their beginnings.
    """

    def __init__(self, *, excerpt: bool = False, expect: Iterable[str] = ()) -> None:
        self._expected: dict[str, int | None] = dict.fromkeys(expect)
        self._last: AuditRecord | None = None
        self._excerpt = excerpt
        self._count = 0
        self._flaws: list[Flaw] = []

    def take(self, records: Iterable[AuditRecord]) -> None:
        for record in records:
            self._flaws += [Flaw(record.position, sentence) for sentence in self._wrong(record)]
            self._last = record
            self._count += 1
            for each in self._expected:
                if record.hash.startswith(each):
                    self._expected[each] = record.position

    def end(
        self, head: Head | None = None, missing: Callable[[int], Iterable[str]] = lambda _: ()
    ) -> Verified:
        """`head` is the noted end; `missing` lists what should be in a chain of this length and is not."""
        last = Head(self._last.position, self._last.hash) if self._last else Head(0, GENESIS)
        flaws = list(self._flaws)
        if head is not None and head.position > last.position:
            those = _those(last.position + 1, head.position)
            flaws.append(Flaw(head.position, f"{those} missing at the end"))
        elif head is not None and head.position < last.position:
            flaws.append(Flaw(last.position, f"the chain was recorded as ending with record {head.position}"))
        elif head is not None and head.hash != last.hash:
            flaws.append(Flaw(last.position, "its hash differs from the recorded end of the chain"))
        flaws += [Flaw(0, sentence) for sentence in missing(last.position)]
        return Verified(self._count, last.hash, tuple(flaws), last.position, tuple(self._expected.items()))

    def _wrong(self, record: AuditRecord) -> Iterator[str]:
        before = self._last
        expected = before.position + 1 if before else record.position if self._excerpt else 1
        if record.position > expected:
            yield f"{_those(expected, record.position - 1)} missing before it"
        elif record.position < expected:
            yield f"it comes after record {expected - 1}"
        elif record.previous != (before.hash if before else record.previous if self._excerpt else GENESIS):
            yield "it does not follow the record before it, which was replaced"
        if digest(record.previous, record.body) != record.hash:
            yield "it was changed: its hash doesn't match its content"
        elif _position(record) != record.position:
            yield "it was moved: its content has a different position"


def _position(record: AuditRecord) -> object:
    try:
        return record.fields.get("position")
    except ValueError:
        return None


def _those(first: int, last: int) -> str:
    return f"record {first} is" if first == last else f"records {first} to {last} are"
