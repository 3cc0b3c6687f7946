"""What models know of data connections: names and descriptions at once, schema and masked values when asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from pydantic import BaseModel, Field

from services.domain.connections import Column, Connection, Sample, TableProfile
from services.domain.destination import Destination
from services.domain.errors import DataUnavailable
from services.domain.program_header import ACCESSES
from services.llm.interface import Tool
from services.text.formatting import human_count
from services.validation.data import Data

# What is listed without a search, and of one connection.
_LISTED = 30
_FOUND = 10
_TABLES = 20
_COLUMNS = 100
_DESCRIPTION = 300


class DescribeData(BaseModel):
    """Get columns, types, ranges and a few masked values of a data connection, or search for connections by words."""

    name: str = Field("", max_length=200, description="A connection's name.")
    search: str = Field(
        "", max_length=200, description="Words of a name or description; where the name is unknown."
    )


DESCRIBE = Tool("describe_data", DescribeData.__doc__ or "", DescribeData.model_json_schema())


@dataclass(frozen=True, slots=True)
class Catalog:
    """The connections that one person can use in one channel on one target."""

    data: Data
    """All connections and samples."""
    usable: Mapping[str, Connection]
    """Those that can be used, by name."""

    @classmethod
    async def of(cls, data: Data, asker: Destination | None) -> Catalog:
        """Raises ArtifactsUnavailable."""
        return cls(data, await data.usable(asker))

    @property
    def listed(self) -> str:
        """Names with descriptions, a line each; how many more there are beyond the first."""
        lines = [_line(each) for each in list(self.usable.values())[:_LISTED]]
        more = len(self.usable) - len(lines)
        return "\n".join([*lines, *([f"and {more} more; search with {DESCRIBE.name}"] if more else [])])

    async def answer(self, asked: DescribeData) -> str:
        """What the tool answers: one connection, or those that match all words best."""
        if asked.name in self.usable:
            return await self.described([asked.name])
        words = f"{asked.name} {asked.search}".lower().replace("_", " ").replace("-", " ").split()
        ranked = sorted(self.usable.values(), key=lambda each: (-_matches(each, words), each.name))
        found = [each for each in ranked if _matches(each, words)][:_FOUND]
        return "\n".join(map(_line, found)) or "No data connection matches."

    async def described(self, names: Iterable[str]) -> str:
        """Everything that a program's author has to know of these connections; unknown names are left out."""
        return "\n".join(
            [await self._one(self.usable[name]) for name in dict.fromkeys(names) if name in self.usable]
        )

    async def _one(self, connection: Connection) -> str:
        try:
            sample = await self.data.sample(connection)
            body = _profile(sample)
        except DataUnavailable as error:
            body = escape(error.public)
        head = f"{_line(connection)}\nlocation: os.environ[{connection.environment!r}]; format: {connection.kind}"
        return f"<connection>\n{head}\n{body}\n</connection>"


def _line(connection: Connection) -> str:
    can = next((words for words, access in ACCESSES.items() if access == connection.access), "read")
    about = escape(" ".join(connection.description.split())[:_DESCRIPTION])
    return f"{connection.name} ({connection.kind}, {can})" + (f": {about}" if about else "")


def _matches(connection: Connection, words: Iterable[str]) -> int:
    text = f"{connection.name} {connection.description} {' '.join(connection.tables)}".lower()
    return sum(word.rstrip("s") in text for word in words)


def _profile(sample: Sample) -> str:
    profile = sample.profile
    if not profile.tables:
        names = ", ".join(escape(each.path) for each in sample.files[:5])
        total = (
            human_count(profile.total_files) if profile.total_files is not None else "an unknown number of"
        )
        return f"{total} files, such as {names}"
    return "\n".join(_table(each) for each in profile.tables[:_TABLES])


def _table(table: TableProfile) -> str:
    total = (
        f"about {human_count(table.total_rows)} rows" if table.total_rows is not None else "rows not counted"
    )
    name = f"table {escape(table.name)}: " if table.name else ""
    by = f"; partitioned by {', '.join(map(escape, table.partitions))}" if table.partitions else ""
    return "\n".join([f"{name}{total}{by}", *map(_column, table.columns[:_COLUMNS])])


def _column(column: Column) -> str:
    facts = [escape(column.type)]
    if column.low or column.high:
        facts.append(f"{escape(column.low)} to {escape(column.high)}")
    if column.nulls:
        facts.append(f"{column.nulls} nulls in the sample")
    if column.values:
        facts.append(f"such as {', '.join(map(escape, column.values[:3]))}")
    if column.masked:
        facts.append("masked")
    return f"- {escape(column.name)}: {'; '.join(facts)}"
