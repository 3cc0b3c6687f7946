"""A program's table as Slack's table block, as much of it as there is room for."""

from __future__ import annotations

import re

from handlers.blocks.mrkdwn import plain, shorten
from handlers.blocks.primitives import Block, context, excerpt, preformatted, weight
from services.domain.values import Table
from services.text.formatting import clean, plural

# Slack takes 10,000 characters of text in a message's tables, and one table only.
_TEXT = 9500
_CELL = 80
_WRAPPED = 40
_CAPTION = 120
_NUMBER = re.compile(r"[-+]?[\d,]*+(?:\.\d++|(?<=\d))(?:[eE][-+]?\d++)?\s*+%?|nan|NaN|None|")


def table(found: Table, *, room: int, rows: int = 50, instead: str = "") -> list[Block]:
    """The table with a line that says how much of it is shown, in at most `room` characters of text.

    Where not even its first row has that room, `instead` as preformatted text, or nothing.
    """
    room = min(room, _TEXT) - _CAPTION
    lines = [_cells(found.columns)]
    left = room - weight(lines)
    for row in map(_cells, found.rows[:rows]):
        if (left := left - weight(row)) < 0:
            break
        lines.append(row)
    if room - weight(lines[0]) < 0 or (found.rows and len(lines) == 1):
        return _as_text(instead, room)
    block: Block = {"type": "table", "rows": lines, "column_settings": _settings(lines)}
    return [block, context(caption(found, len(lines) - 1))]


def caption(found: Table, shown: int) -> str:
    """Such as `Showing 20 of 1,000 rows and 20 of 35 columns`, or `3 rows, 2 columns`."""
    rows, columns = plural(found.total_rows, "row"), plural(found.total_columns, "column")
    cut = len(found.columns) < found.total_columns
    across = f"{len(found.columns)} of {columns}" if cut else columns
    if shown == found.total_rows and not cut:
        return f"{rows}, {columns}"
    down = f"{shown:,} of {rows}" if shown < found.total_rows else rows
    return f"Showing {down}{' and ' if cut else ', '}{across}"


def _cells(texts: tuple[str, ...]) -> list[Block]:
    """An empty text is none to Slack."""
    return [
        {"type": "raw_text", "text": shorten(plain(clean(text)).replace("\n", " "), _CELL) or " "}
        for text in texts
    ]


def _settings(lines: list[list[Block]]) -> list[Block]:
    return [_setting([line[column]["text"] for line in lines[1:]]) for column in range(len(lines[0]))]


def _setting(texts: list[str]) -> Block:
    numeric = bool(texts) and all(_NUMBER.fullmatch(text.strip()) for text in texts)
    wrapped = any(len(text) > _WRAPPED for text in texts)
    return {"align": "right" if numeric else "left", "is_wrapped": wrapped}


def _as_text(text: str, room: int) -> list[Block]:
    room = min(room, 1200)
    return [preformatted(excerpt(clean(text), limit=room).text)] if text.strip() and room > 200 else []
