"""The data and the secrets of a program, as its card shows them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from handlers.blocks.mrkdwn import literal, quoted
from handlers.blocks.primitives import Block, context
from services.domain.connections import Access
from services.domain.entities import Proposal
from services.domain.provisions import BoundConnection, BoundSecret
from services.domain.values import Written
from services.text.formatting import human_bytes, human_count, plural

_COLUMNS = 8
_DAY = 86_400


def lines(proposal: Proposal) -> list[Block]:
    """A line for each connection that it reads or writes, then one for its secrets."""
    found = proposal.provisions
    written = {each.name: each for each in proposal.validation.written}
    texts = [text for each in found.connections for text in _connection(each, written.get(each.name))]
    if found.secrets:
        texts.append(f":key: *Needs* {', '.join(map(_secret, found.secrets))}")
    return [context(text) for text in texts]


def _connection(each: BoundConnection, written: Written | None) -> list[str]:
    name, where = quoted(each.name, 100), quoted(each.location, 200)
    texts: list[str] = []
    if Access.READ in each.access:
        hidden = f" · masked: {_names(each.masked)}" if each.masked else ""
        texts.append(f":file_folder: *Reads* {name} at {where} · validated on {_sample(each)}{hidden}")
    if each.changed:
        texts.append(
            f":warning: The columns of {name} have changed. {literal(each.changed, 300).capitalize()}"
        )
    if Access.WRITE in each.access:
        texts.append(f":pencil2: *Writes* {name} at {where} · {_written(written)}")
    return texts


def _sample(each: BoundConnection) -> str:
    """Such as `a sample of 1,000 of about 12 million rows, taken today`."""
    if each.rows is None:
        return "a sample"
    total = "" if each.total is None or each.total <= each.rows else f" of about {_about(each.total)}"
    taken = f", taken {_day(each.taken_at)}" if each.taken_at else ""
    if not total and each.total is not None:
        return f"all of its {each.rows:,} {each.unit}{taken}"
    return f"a sample of {each.rows:,}{total} {each.unit}{taken}"


def _about(count: int) -> str:
    """`12 million`, for numbers that nobody reads to the last digit."""
    for power, word in ((9, "billion"), (6, "million")):
        if count >= 10**power:
            return f"{count / 10**power:.3g} {word}"
    return human_count(count)


def _day(taken: float) -> str:
    days = int(time.time() // _DAY - taken // _DAY)
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"


def _written(found: Written | None) -> str:
    if found is None:
        return "what it writes could not be observed in validation"
    if not found.files:
        return "it wrote nothing there in validation"
    rows = plural(found.rows, "row") if found.rows is not None else ""
    columns = f" ({_names(found.columns)})" if found.columns else ""
    where = plural(found.files, found.unit.removesuffix("s"))
    size = f", {human_bytes(found.size)}" if found.size else ""
    return f"wrote {rows}{columns}{' in ' if rows else ''}{where}{size}, in validation"


def _secret(each: BoundSecret) -> str:
    purpose = f" ({literal(each.purpose, 100)})" if each.purpose else ""
    return f"{quoted(each.name, 100)}{purpose}{', which the target has' if each.on_target else ''}"


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(quoted(name, 60) for name in names[:_COLUMNS])
    return f"{shown} and {len(names) - _COLUMNS} more" if len(names) > _COLUMNS else shown
