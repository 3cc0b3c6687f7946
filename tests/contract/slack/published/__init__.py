"""What Slack publishes of its payloads, as field names and types with values of our own, page by page."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Published:
    """One payload and the `page` under docs.slack.dev that shows it.

    `optional` are paths of what is there only sometimes; `left_out` is what the stand-in never sends, and why.
    """

    page: str
    body: Json
    optional: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])

    def without(self, path: str) -> Json:
        """The same without one field."""
        body = deepcopy(self.body)
        place: Any = body
        *way, last = path.split(".")
        for name in way:
            place = place[int(name)] if name.isdecimal() else place[name]
        del place[last]
        return body


def differences(published: Any, ours: Any, left_out: Mapping[str, str], path: str = "") -> Iterator[str]:
    """What stands in `published` and not in `ours`, or is of another type there. Blocks are their author's own."""
    if path in left_out:
        return
    match published, ours:
        case _ if ours is _MISSING:
            yield f"{path} is missing"
        case None, _:
            return
        case dict(), dict():
            for name, value in published.items():
                here = f"{path}.{name}" if path else name
                yield from differences(value, ours.get(name, _MISSING), left_out, here)
        case [first, *_], [_, *_] if not path.endswith("blocks"):
            for one in ours:
                yield from differences(first, one, left_out, f"{path}[]")
        case [_, *_], []:
            yield f"{path} is empty"
        case _ if _kind(published) != _kind(ours):
            yield f"{path}: {_kind(published)} is published, not {_kind(ours)}"
        case _:
            return


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "list"
        case _:
            return "object"
