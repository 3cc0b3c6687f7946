"""`raygen data`: connections and their samples, as JSON and for a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from pydantic import TypeAdapter

from bot.settings import Settings
from bot.wiring.clusters import configured
from bot.wiring.data import samples
from services.data.interface import Estimate
from services.data.samples import StoredSamples
from services.domain.connections import Access, Connection, Sample, SchemaChange, TableProfile
from services.domain.errors import BadRequest, DataUnavailable, RaygenError
from services.text.formatting import clean, human_bytes, human_seconds, plural

_CONNECTION = TypeAdapter(Connection)
_SAMPLE = TypeAdapter(Sample)


@dataclass(frozen=True, slots=True)
class Listed:
    """A connection with its latest sample, or a catalog with why its tables are unknown."""

    connection: Connection | None
    sample: Sample | None = None
    name: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a connection can be read."""

    name: str
    fault: str = ""
    columns: int = 0
    estimate: Estimate | None = None


def opened(settings: Settings) -> StoredSamples:
    """Raises SettingsError for a file that is wrong, BadRequest when there is none."""
    found = samples(settings, list(configured(settings)))
    if found is None:
        raise BadRequest("There are no data connections. Set RAYGEN_DATA to a file that lists them.")
    return found


async def listed(settings: Settings) -> list[Listed]:
    store = opened(settings)
    catalog = await store.catalog()
    found = [Listed(each, await store.latest(name), name) for name, each in catalog.connections.items()]
    return [*found, *(Listed(None, None, name, fault) for name, fault in catalog.faults.items())]


async def shown(settings: Settings, name: str) -> Listed:
    """Raises DataUnavailable when there is no such connection."""
    store = opened(settings)
    connection = await store.find(name)
    return Listed(connection, await store.latest(connection.name), name)


async def sampled(settings: Settings, name: str) -> Listed:
    """With a new sample. Raises DataUnavailable when it can't be taken."""
    store = opened(settings)
    connection = await store.find(name)
    return Listed(connection, await store.take(connection), name)


async def checks(settings: Settings, names: Sequence[str]) -> list[Check]:
    """Of these connections, or of all."""
    store = opened(settings)
    catalog = await store.catalog()
    found = [Check(name, fault) for name, fault in catalog.faults.items() if not names or name in names]
    readable = [name for name, each in catalog.connections.items() if Access.READ in each.access]
    wanted = names or readable
    return [*found, *[await _check(store, name) for name in wanted if name not in catalog.faults]]


async def _check(store: StoredSamples, name: str) -> Check:
    try:
        seen = await store.check(await store.find(name))
    except RaygenError as error:
        return Check(name, error.public)
    return Check(name, "", len(seen.schema), seen.estimate)


def as_json(found: Sequence[Listed]) -> str:
    return json.dumps([_object(each) for each in found], ensure_ascii=False, indent=2)


def one_as_json(found: Listed) -> str:
    return json.dumps(_object(found), ensure_ascii=False, indent=2)


def checks_as_json(found: Sequence[Check]) -> str:
    return json.dumps([{**asdict(each), "ok": not each.fault} for each in found], indent=2)


def _object(each: Listed) -> dict[str, object]:
    found: dict[str, object] = {"name": each.name}
    if each.connection is not None:
        found |= _CONNECTION.dump_python(each.connection, mode="json")
        found["environment"] = each.connection.environment
    found["sample"] = _SAMPLE.dump_python(each.sample, mode="json") if each.sample else None
    return {**found, "fault": each.fault}


def as_table(found: Sequence[Listed]) -> str:
    """One line for each connection."""
    rows = [("name", "kind", "access", "variable", "sample", "location")]
    for each in found:
        if each.connection is None:
            rows.append((each.name, "catalog", "", "", each.fault, ""))
        else:
            one = each.connection
            access = ", ".join(sorted(one.access))
            rows.append((each.name, one.kind, access, one.environment, _of_sample(each.sample), one.url))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    widths[4] = min(widths[4], 60)
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[5]]).rstrip()
        for row in (tuple(map(clean, row)) for row in rows)
    )


def as_text(found: Listed) -> str:
    """A connection, its sample and the columns of that."""
    connection = found.connection
    if connection is None:
        raise DataUnavailable(found.fault)
    facts = [
        ("kind", connection.kind),
        ("location", connection.url),
        ("description", connection.description),
        ("access", ", ".join(sorted(connection.access))),
        ("variable", connection.environment),
        ("targets", ", ".join(sorted(connection.targets)) or "all"),
        ("people", ", ".join(sorted(connection.people)) or "everyone"),
        ("channels", ", ".join(sorted(connection.channels)) or "all"),
        ("sample", _of_sample(found.sample)),
    ]
    if found.sample is not None:
        facts += [("sha256", found.sample.sha256), ("schema", changed(found.sample.change))]
    lines = [connection.name, *(f"  {name}: {clean(text)}" for name, text in facts if text)]
    for table in found.sample.profile.tables if found.sample else ():
        lines += ["", *_of_table(table)]
    return "\n".join(lines)


def checks_as_text(found: Sequence[Check]) -> str:
    """One line for each connection."""
    return "\n".join(
        f"fault  {each.name}: {clean(each.fault)}"
        if each.fault
        else f"ok     {each.name}: {plural(each.columns, 'column')}{_of_estimate(each.estimate)}"
        for each in found
    )


def changed(change: SchemaChange | None) -> str:
    """How the schema has changed, in a line; empty when it hasn't."""
    if change is None:
        return ""
    parts = [
        f"{word} {', '.join(names)}"
        for word, names in (("added", change.added), ("removed", change.removed), ("changed", change.retyped))
        if names
    ]
    return f"changed by {change.noticed:%Y-%m-%d}: {'; '.join(parts)}"


def _of_sample(sample: Sample | None) -> str:
    if sample is None:
        return "none"
    profile = sample.profile
    rows, total = profile.rows, profile.total_rows
    if not profile.tables:
        rows, total = len(sample.files), profile.total_files
    about = "" if all(table.exact for table in profile.tables) else "about "
    of = f" of {about}{total:,}" if total is not None else ""
    age = human_seconds(max(0.0, sample.age(datetime.now(UTC)).total_seconds()))
    things = "rows" if profile.tables else "files"
    return f"{rows:,}{of} {things}, {age} old"


def _of_estimate(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    about = "" if estimate.exact else "about "
    parts = [
        f"{about}{estimate.rows:,} rows" if estimate.rows is not None else "",
        plural(estimate.files, "file") if estimate.files is not None else "",
        human_bytes(estimate.size) if estimate.size is not None else "",
    ]
    return "".join(f", {part}" for part in parts if part)


def _of_table(table: TableProfile) -> list[str]:
    total = "" if table.total_rows is None else f" of {'' if table.exact else 'about '}{table.total_rows:,}"
    title = f"{table.name + ': ' if table.name else ''}{table.rows:,}{total} rows"
    parted = f", in folders by {', '.join(table.partitions)}" if table.partitions else ""
    lines = [clean(title + parted)]
    names = max((len(column.name) for column in table.columns), default=0)
    for column in table.columns:
        extent = f"{column.low} to {column.high}" if column.low != column.high else column.low
        notes = [
            column.type,
            plural(column.nulls, "null") if column.nulls else "",
            f"masked ({column.masked})" if column.masked else "",
            extent,
            f"such as {', '.join(column.values[:3])}" if column.values else "",
        ]
        lines.append(clean(f"  {column.name.ljust(names)}  {'; '.join(note for note in notes if note)}"))
    return lines
