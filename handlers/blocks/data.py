"""The data connections: what a person can use, and what one looks like."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.blocks.mrkdwn import literal, quoted
from handlers.blocks.primitives import Block, Message, context, mrkdwn
from handlers.blocks.table import table
from services.domain.connections import Connection, Sample, TableProfile
from services.domain.values import Table
from services.text.formatting import human_bytes, human_count, plural
from services.usecases.data import ShownConnection

_LISTED = 25
_TABLES = 10
_COLUMNS = 50
_ROOM = 9000
_NONE = "There is no data that you can use here by name. An operator sets up connections with RAYGEN_DATA."
_HOW = "`/raygen data NAME` shows columns and values. Name the data in your request, such as “revenue by country from sales”."


def connections(found: Sequence[Connection]) -> Message:
    """All that a person can use in a channel."""
    if not found:
        return Message(_NONE, [mrkdwn(_NONE)])
    lines = "\n".join(f"• {_words(each)}" for each in found[:_LISTED])
    more = [context(f"and {len(found) - _LISTED} more")] if len(found) > _LISTED else []
    head = mrkdwn("*Data that you can use here*")
    return Message("Data connections", [head, mrkdwn(lines), *more, context(_HOW)])


def connection(found: ShownConnection) -> Message:
    """One with its columns, as they are in its sample."""
    each = found.connection
    where = f"{quoted(each.url, 300)} · in programs {quoted(each.environment, 120)}"
    blocks: list[Block] = [mrkdwn(_words(each)), context(where)]
    if found.problem:
        blocks.append(mrkdwn(f":warning: *No sample:* {literal(found.problem, 500)}"))
    if found.sample:
        blocks += _sample(found.sample)
    return Message(f"The data connection {literal(each.name, 100)}", blocks)


def _words(each: Connection) -> str:
    can = " and ".join(sorted(str(access) for access in each.access))
    about = f" – {literal(each.description, 200)}" if each.description else ""
    return f"{quoted(each.name, 100)} ({literal(each.kind, 30)}, {can}){about}"


def _sample(sample: Sample) -> list[Block]:
    profile, taken = sample.profile, sample.taken.strftime("%Y-%m-%d %H:%M UTC")
    if not profile.tables:
        total = f" of about {human_count(profile.total_files)}" if profile.total_files is not None else ""
        files = f"Sample of {len(sample.files)}{total} files, {human_bytes(sample.size)}, taken {taken}"
        return [context(files)]
    first, *rest = profile.tables[:_TABLES]
    # A message has one table.
    blocks = [*_columns(first), *[mrkdwn(_total(each)) for each in rest]]
    rows = f"Sample of {plural(profile.rows, 'row')}, taken {taken}. Masked values stand for others."
    return [*blocks, context(rows)]


def _total(each: TableProfile) -> str:
    names = ", ".join(quoted(column.name, 60) for column in each.columns[:12])
    more = f" and {len(each.columns) - 12} more" if len(each.columns) > 12 else ""
    return f"{_head(each)}, columns {names}{more}"


def _head(each: TableProfile) -> str:
    total = f"about {plural(each.total_rows, 'row')}" if each.total_rows is not None else "rows not counted"
    return f"{quoted(each.name, 100)}: {total}" if each.name else f"{total[0].upper()}{total[1:]}"


def _columns(found: TableProfile) -> list[Block]:
    partitions = ", ".join(quoted(name, 60) for name in found.partitions)
    by = f", in folders by {partitions}" if partitions else ""
    rows = tuple(
        (
            each.name,
            each.type,
            f"{_short(each.low)} – {_short(each.high)}" if each.low or each.high else "",
            ", ".join(map(_short, each.values[:3])),
            {"": "", "name": "masked"}.get(each.masked, f"masked: {each.masked}"),
        )
        for each in found.columns[:_COLUMNS]
    )
    shown = Table(("column", "type", "range", "values", "mask"), rows, len(found.columns), 5)
    described = table(shown, room=_ROOM)
    # Its caption counts what the table has, and here that is columns.
    return [mrkdwn(f"{_head(found)}{by}"), *(each for each in described if each["type"] == "table")]


def _short(value: str) -> str:
    """A number to six digits; any other text as it is."""
    try:
        return f"{float(value):.6g}" if "." in value else value
    except ValueError:
        return value
