"""The blocks themselves, and in which surfaces each may stand."""

from functools import partial
from typing import Any

from bot.playground.slack.blockkit.elements import (
    ELEMENTS,
    IMAGE,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    SLACK_FILE,
)
from bot.playground.slack.blockkit.rich_text import RICH_TEXT
from bot.playground.slack.blockkit.schema import (
    Check,
    Report,
    anything,
    boolean,
    items,
    number,
    one_of,
    plain,
    shape,
    string,
    text,
    typed,
)

block = partial(shape, block_id=string(255))

_rich = typed({"rich_text": RICH_TEXT})
_statuses = one_of("pending", "in_progress", "complete", "error")
_source = typed({"url": shape(["url", "text"], url=string(3000), text=string(255), icon_url=string(3000))})

TASK_CARD = block(
    ["task_id", "title"],
    task_id=string(255),
    title=string(256, 1),
    details=_rich,
    output=_rich,
    sources=items(_source, most=100, least=0),
    status=_statuses,
)

_cell = typed(
    {
        "raw_text": shape(["text"], text=string(10_000)),
        "raw_number": shape(["value"], value=number, text=string(100)),
        "rich_text": RICH_TEXT,
    }
)
_column = shape(align=one_of("left", "center", "right"), is_wrapped=boolean)


def _column_or_none(value: Any, pointer: str, report: Report) -> None:
    if value is not None:
        _column(value, pointer, report)


_card = block(
    any_of=["hero_image", "title", "actions", "body"],
    hero_image=IMAGE,
    icon=IMAGE,
    title=text(150),
    subtitle=text(150),
    body=text(200),
    actions=items(typed(ELEMENTS, ("button",)), most=5),
)

BLOCKS: dict[str, Check] = {
    "section": block(
        any_of=["text", "fields"],
        text=text(3000),
        fields=items(text(2000), most=10),
        accessory=typed(ELEMENTS, IN_SECTION),
        expand=boolean,
    ),
    "header": block(["text"], text=plain(150), level=number),
    "divider": block(),
    "markdown": block(["text"], text=string(12_000, 1)),
    "context": block(
        ["elements"],
        elements=items(
            typed({"image": IMAGE, "plain_text": plain(2000), "mrkdwn": text(2000, "mrkdwn")}), most=10
        ),
    ),
    "actions": block(["elements"], elements=items(typed(ELEMENTS, IN_ACTIONS), most=25)),
    "context_actions": block(
        ["elements"], elements=items(typed(ELEMENTS, ("feedback_buttons", "icon_button")), most=5)
    ),
    "image": block(
        ["alt_text"],
        any_of=["image_url", "slack_file"],
        image_url=string(3000),
        slack_file=SLACK_FILE,
        alt_text=string(2000),
        title=plain(2000),
    ),
    "input": block(
        ["label", "element"],
        label=plain(2000),
        element=typed(ELEMENTS, IN_INPUT),
        hint=plain(2000),
        optional=boolean,
        dispatch_action=boolean,
    ),
    "rich_text": RICH_TEXT,
    "table": block(
        ["rows"],
        rows=items(items(_cell, most=20), most=100),
        column_settings=items(_column_or_none, most=20, least=0),
    ),
    "file": block(["external_id", "source"], external_id=string(255), source=one_of("remote")),
    "video": block(
        ["alt_text", "title", "thumbnail_url", "video_url"],
        alt_text=string(2000),
        title=plain(200),
        title_url=string(3000),
        description=plain(200),
        thumbnail_url=string(3000),
        video_url=string(3000),
        author_name=string(50),
        provider_name=string(50),
        provider_icon_url=string(3000),
    ),
    "task_card": TASK_CARD,
    "plan": block(
        ["title"], title=string(256), tasks=items(typed({"task_card": TASK_CARD}), most=50, least=0)
    ),
    "alert": block(["text"], text=text(3000), level=one_of("default", "info", "warning", "error", "success")),
    "card": _card,
    "carousel": block(["elements"], elements=items(typed({"card": _card}), most=10)),
    "call": block(["call_id"], call_id=string(255), api_decoration_available=boolean, call=anything),
}
BLOCKS["container"] = block(
    ["child_blocks"],
    any_of=["title", "rich_text_title"],
    title=text(150),
    rich_text_title=_rich,
    subtitle=text(150),
    child_blocks=items(typed(BLOCKS), most=10),
    width=one_of("narrow", "standard", "wide", "full"),
    icon=IMAGE,
    is_collapsible=boolean,
    default_collapsed=boolean,
    has_header_divider=boolean,
)

ONLY_IN_MESSAGES = {"markdown", "file", "context_actions", "task_card", "plan", "table", "card", "carousel"}
IN_MESSAGE = frozenset(BLOCKS)
IN_VIEW = frozenset(BLOCKS) - ONLY_IN_MESSAGES
