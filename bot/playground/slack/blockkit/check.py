"""Whether Slack would take these blocks or this view; otherwise its refusal."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

from bot.playground.slack.blockkit.blocks import BLOCKS, IN_MESSAGE, IN_VIEW
from bot.playground.slack.blockkit.schema import (
    Report,
    anything,
    boolean,
    items,
    one_of,
    plain,
    shape,
    string,
    typed,
)
from bot.playground.slack.blockkit.walk import identified, interactive
from bot.playground.slack.errors import SlackError
from bot.playground.slack.rules import Rules

Json = dict[str, Any]

TABLE_TEXT = 10_000


def message_blocks(blocks: Any, rules: Rules) -> list[Json]:
    """The blocks of a message with Slack's identifiers filled in, or the refusal."""
    report = Report()
    items(typed(BLOCKS, IN_MESSAGE), most=rules.message_blocks, least=0)(blocks, "/blocks", report)
    if not report.messages:
        _check_whole(blocks, report, rules)
    refuse(report, "invalid_blocks")
    if sum(map(len, texts(blocks))) > rules.blocks_text:
        raise SlackError("msg_blocks_too_long")
    return identified(blocks)


def view(value: Any, rules: Rules, *, kind: str) -> Json:
    """A modal or home view with identifiers filled in, or the refusal."""
    if not isinstance(value, dict):
        raise SlackError("invalid_arguments", response_metadata={"messages": ["view must be an object"]})
    found = cast("Json", value)
    report = Report()
    if found.get("type") != kind:
        report.add(f"must be a valid enum value: {kind}", "/view/type")
    _view_shape(kind, rules)(found, "/view", report)
    if not report.messages:
        _check_unique(found["blocks"], report, "/view/blocks")
        _check_submit(found, report)
    refuse(report, "invalid_arguments")
    if len(json.dumps(found)) > rules.view_bytes:
        raise SlackError("view_too_large")
    return {**found, "blocks": identified(found["blocks"])}


def refuse(report: Report, code: str) -> None:
    if report.messages:
        raise SlackError(code, errors=report.messages, response_metadata={"messages": report.messages})


def texts(value: Any) -> Iterator[str]:
    """Every piece of text that people would read in these blocks."""
    if isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from texts(item)
    elif isinstance(value, dict):
        for name, inner in cast("Json", value).items():
            if name in ("text", "title") and isinstance(inner, str):
                yield inner
            else:
                yield from texts(inner)


def _view_shape(kind: str, rules: Rules) -> Any:
    titled = kind == "modal"
    return shape(
        ["title", "blocks"] if titled else ["blocks"],
        type=one_of("modal", "home"),
        title=plain(24),
        close=plain(24),
        submit=plain(24),
        blocks=items(typed(BLOCKS, IN_VIEW), most=rules.view_blocks, least=0),
        private_metadata=string(3000),
        callback_id=string(255),
        external_id=string(255),
        clear_on_close=boolean,
        notify_on_close=boolean,
        submit_disabled=boolean,
        state=anything,
    )


def _check_whole(blocks: list[Json], report: Report, rules: Rules) -> None:
    """What no single block can know: unique identifiers, and sums over all of them."""
    _check_unique(blocks, report, "/blocks")
    tables = [block for block in blocks if block["type"] == "table"]
    if len(tables) > 1:
        report.add("only one table allowed", "/blocks")
    if sum(map(len, texts(tables))) > TABLE_TEXT:
        report.add(f"table text must be less than {TABLE_TEXT + 1} characters", "/blocks")
    marked = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if marked > rules.markdown_text:
        report.add(f"markdown text must be less than {rules.markdown_text + 1} characters in all", "/blocks")


def _check_unique(blocks: list[Json], report: Report, pointer: str) -> None:
    for block_id, count in Counter(block.get("block_id") for block in blocks).items():
        if block_id and count > 1:
            report.add(f"block_id `{block_id}` already exists", pointer)
    for index, block in enumerate(blocks):
        actions = Counter(one.element["action_id"] for one in interactive([block]))
        for action_id, count in actions.items():
            if count > 1:
                report.add(f"action_id `{action_id}` already exists in the block", f"{pointer}/{index}")


def _check_submit(view: Json, report: Report) -> None:
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and not view.get("submit"):
        report.add("missing required field: submit", "/view")
