"""Walking through blocks: their interactive elements, and the identifiers Slack gives them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.playground.slack.identity import new_id

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Interactive:
    """An element that people operate, and the block it is in."""

    block_id: str
    element: Json

    @property
    def found(self) -> Json:
        return {"block_id": self.block_id, "element": self.element}


def interactive(blocks: list[Json]) -> Iterator[Interactive]:
    """Every element with an action_id."""
    for block in blocks:
        for element in _elements(block):
            if element.get("action_id"):
                yield Interactive(block.get("block_id", ""), element)
        yield from interactive(block.get("child_blocks", []))
        yield from interactive(block["elements"] if block.get("type") == "carousel" else [])


def identified(blocks: list[Json]) -> list[Json]:
    """A copy in which every block has a block_id and every operable element an action_id."""
    return [_identified(block) for block in blocks]


def _identified(block: Json) -> Json:
    named = {**block, "block_id": block.get("block_id") or new_id("", 5)}
    if block["type"] in ("actions", "context_actions"):
        named["elements"] = [_named(element) for element in block["elements"]]
    for slot in ("accessory", "element"):
        if slot in block:
            named[slot] = _named(block[slot])
    if "child_blocks" in block:
        named["child_blocks"] = identified(block["child_blocks"])
    return named


def _named(element: Json) -> Json:
    if element["type"] == "image" or element.get("action_id"):
        return element
    return {**element, "action_id": new_id("", 5)}


def _elements(block: Json) -> Iterator[Json]:
    if block.get("type") in ("actions", "context_actions"):
        yield from block.get("elements", [])
    for slot in ("accessory", "element"):
        if isinstance(block.get(slot), dict):
            yield block[slot]
    if block.get("type") == "card":
        yield from block.get("actions", [])
