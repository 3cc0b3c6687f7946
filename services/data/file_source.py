"""What all kinds of files have in common: which of them are sampled, and where these are in the sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

from services.data.columns import Columns, Rule
from services.data.credentials import Value
from services.data.filesystems import Listing, Place, RemoteFile
from services.data.interface import Estimate
from services.data.masking import Masker
from services.data.profiles import few
from services.data.spread import over_partitions
from services.domain.connections import Column, Connection
from services.domain.errors import DataUnavailable

_LONGEST = 200


class FileSource:
    """A connection to files. What is wrong with the service is raised as it raises it; the registry explains that."""

    suffixes: tuple[str, ...] = ()
    """How names of such files end in a folder where there are others, too; empty for any."""

    def __init__(self, connection: Connection, value: Value, masker: Masker) -> None:
        self.connection = connection
        self.columns = Columns(connection, masker)
        self.place = Place(value)

    @cached_property
    def listing(self) -> Listing:
        """The files that there are. Raises DataUnavailable when there are none."""
        found = self.place.listing(self._wanted)
        if not found.files:
            other = self.place.listing() if self.suffixes else found
            kind = f"{self.connection.kind} " if other.files else ""
            raise DataUnavailable(
                f"`{self.connection.name}` has no {kind}files. Correct its URL or `kind`, or write data there."
            )
        return found

    @cached_property
    def chosen(self) -> list[RemoteFile]:
        """Those that the sample is taken from."""
        limits = self.connection.limits
        return over_partitions(self.listing.files, min(limits.files, limits.rows))

    @property
    def root(self) -> str:
        """What a program gets as the location: the file, or the folder."""
        return self.target_of(self.listing.files[0]) if self.listing.single else ""

    @property
    def complete(self) -> bool:
        """Whether the sample is taken from every file."""
        return len(self.chosen) == len(self.listing.files)

    def counted(self, *, rows: int | None, exact: bool = False) -> Estimate:
        listing = self.listing
        return Estimate(rows=rows, files=len(listing.files), size=listing.size, exact=exact and listing.whole)

    def projected(self, rows: int, size: int) -> int | None:
        """About how many rows all files have where those of `size` bytes have so many; None where not all are known."""
        return round(rows * self.listing.size / size) if size and self.listing.whole else None

    def target_of(self, file: RemoteFile) -> str:
        """Its path in the sample: partitions and names are masked as values are."""
        *folders, name = file.relative.split("/")
        kept = [part for folder in folders if (part := self._folder(folder))]
        return "/".join([*kept, _safe(self.columns.free(name))])

    def targets(self, folder: Path, files: Sequence[RemoteFile]) -> list[Path]:
        """Where each file is written; no two are the same, and their folders exist."""
        made: dict[Path, None] = {}
        for file in files:
            wanted = folder / self.target_of(file)
            path, number = wanted, 1
            while path in made:
                path, number = wanted.with_name(f"{number}-{wanted.name}"), number + 1
            path.parent.mkdir(parents=True, exist_ok=True)
            made[path] = None
        return list(made)

    def partitions(self, files: Sequence[RemoteFile]) -> tuple[str, ...]:
        """The columns of which the folders have the values, in their order."""
        found = dict.fromkeys(name for file in files for name in _partition(file))
        return tuple(name for name in found if self.columns.rule(name) is not Rule.LEAVE_OUT)

    def partition_columns(self, files: Sequence[RemoteFile], present: Sequence[str]) -> tuple[Column, ...]:
        """These as columns, without those that the files themselves have."""
        columns: list[Column] = []
        for name in self.partitions(files):
            values = [self._value(name, _partition(file)[name]) for file in files if name in _partition(file)]
            if name not in present:
                low, high = min(values, default=""), max(values, default="")
                why = self.columns.masked.get(name, "")
                columns.append(
                    Column(name=name, type="string", low=low, high=high, values=few(values), masked=why)
                )
        return tuple(columns)

    def learn_partitions(self) -> None:
        """Judge the partitions as columns."""
        for name in self.partitions(self.listing.files[:1000]):
            self.columns.learn(name, [_partition(file).get(name) for file in self.listing.files[:1000]])

    def require(self, paths: Sequence[str]) -> None:
        """Raises DataUnavailable for a column that is to be masked or left out, but isn't there."""
        wrong = self.columns.unmatched([*paths, *self.partitions(self.listing.files[:1000])])
        if wrong:
            raise DataUnavailable(unmatched(self.connection, wrong))

    def _wanted(self, relative: str) -> bool:
        return not self.suffixes or relative.lower().endswith(self.suffixes)

    def _folder(self, folder: str) -> str:
        name, is_partition, value = folder.partition("=")
        if not is_partition:
            return _safe(self.columns.free(folder))
        if self.columns.rule(name) is Rule.LEAVE_OUT:
            return ""
        return f"{_safe(name)}={quote(self._value(name, unquote(value)), safe=' ')}"

    def _value(self, name: str, value: str) -> str:
        return value if value == "__HIVE_DEFAULT_PARTITION__" else self.columns.text(name, value)


def unmatched(connection: Connection, names: Sequence[str]) -> str:
    """That columns are to be masked which aren't there, as a sentence."""
    listed = ", ".join(f"`{name}`" for name in names)
    return f"`{connection.name}` has no column {listed}. Correct `mask` or `leave_out`; nothing was sampled."


def _partition(file: RemoteFile) -> Mapping[str, str]:
    pairs = (part.partition("=") for part in file.relative.split("/")[:-1])
    return {name: unquote(value) for name, sign, value in pairs if sign}


def _safe(part: str) -> str:
    """A name that stays in its folder."""
    plain = part.replace("\0", "_").replace("\\", "_")
    plain = plain if plain.strip(". ") else "_"
    if len(plain.encode("utf-8", "surrogatepass")) > _LONGEST:
        suffix = PurePosixPath(plain).suffix[:20]
        plain = plain[:60] + suffix
    return plain
