"""Takes samples and keeps them in the artifact store: each file by its hash, and per connection which sample is the latest."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from services.artifacts.interface import ArtifactStore
from services.data.credentials import Value, value_of
from services.data.interface import Catalog, Sampled
from services.data.process import APART, Checked, Reader
from services.domain.connections import Access, Connection, Origin, Sample, SampleFile, SchemaChange
from services.domain.disk_space import no_room
from services.domain.errors import ArtifactsUnavailable, DataUnavailable, RaygenError, StorageFull

SecretValue = Callable[[str], Awaitable[str]]

_log = logging.getLogger(__name__)

_KEPT = 3
_AT_ONCE = 2
_CATALOG_AGE = 600.0
_AGAIN_AFTER = 900.0
_LATEST = "latest.json"
_INDEX = ("data", "connections.json")
_INFERRED = {"csv", "jsonl"}
_NUMBERS = {"int64", "double"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """The samples of a connection, the latest one first."""

    fingerprint: str
    samples: tuple[Sample, ...]


_KEPT_JSON = TypeAdapter(_Kept)
_NAMES_JSON = TypeAdapter(tuple[str, ...])


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class StoredSamples:
    """Implements `Samples`. What is stored is masked before it is written anywhere."""

    connections: Mapping[str, Connection]
    """All connections as they are configured, catalogs too."""
    store: ArtifactStore
    """Where files of samples are kept."""
    key: bytes = field(repr=False)
    """What masks depend on; samples of the same key can be joined."""
    secrets: SecretValue | None = None
    """Gives the value of a secret that a connection names as its credentials. Raises RaygenError when there is none."""
    reader: Reader = APART
    """How data is read: in processes of its own."""
    clock: Callable[[], datetime] = _now
    """The time, in UTC."""
    _catalog: tuple[float, Catalog] | None = None
    _failed: dict[str, float] = field(default_factory=dict[str, float])
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict[str, asyncio.Lock])

    async def catalog(self) -> Catalog:
        if self._catalog is None or time.monotonic() - self._catalog[0] > _CATALOG_AGE:
            self._catalog = (time.monotonic(), await self._discovered())
        return self._catalog[1]

    async def find(self, name: str) -> Connection:
        """The connection of that name. Raises DataUnavailable."""
        catalog = await self.catalog()
        if name in catalog.connections:
            return catalog.connections[name]
        catalog_name = name.partition(".")[0]
        if catalog_name in catalog.faults:
            raise DataUnavailable(catalog.faults[catalog_name])
        raise DataUnavailable(
            f"There is no connection `{name[:80]}`. `raygen data list` shows those that there are."
        )

    async def latest(self, name: str) -> Sample | None:
        connection = (await self.catalog()).connections.get(name)
        kept = await self._kept(name)
        # With other masks, what is stored may show what must not be seen any more.
        if kept is None or connection is None or kept.fingerprint != self._fingerprint(connection):
            return None
        return kept.samples[0]

    async def stored(self, name: str, sha256: str) -> Sample | None:
        """A sample by its hash: one of the last few; None when it is gone."""
        kept = await self._kept(name)
        return next((each for each in kept.samples if each.sha256 == sha256), None) if kept else None

    async def current(self, connection: Connection) -> Sample:
        """The latest sample; the first is taken now. Raises DataUnavailable, StorageFull and ArtifactsUnavailable."""
        return await self.latest(connection.name) or await self.take(connection)

    async def take(self, connection: Connection) -> Sample:
        if Access.READ not in connection.access:
            raise DataUnavailable(f"`{connection.name}` can only be written to, so it has no sample.")
        async with self._locks.setdefault(connection.name, asyncio.Lock()), self._places:
            value = await self._value(connection)
            try:
                with tempfile.TemporaryDirectory(prefix="raygen-sample-") as draft:
                    folder = Path(draft)
                    found = await self.reader.sampled(value, self.key, folder)
                    files = await asyncio.to_thread(_files, folder)
                    return await self._keep(connection, found, files, folder)
            except (OSError, ArtifactsUnavailable) as error:
                cause = error.__cause__ if isinstance(error, ArtifactsUnavailable) else error
                if isinstance(cause, OSError) and no_room(cause):
                    raise StorageFull from None
                raise

    async def check(self, connection: Connection) -> Checked:
        """Read the schema and the size. Raises DataUnavailable with what to do."""
        return await self.reader.checked(await self._value(connection), self.key)

    async def refresh(self) -> Sequence[str]:
        catalog = await self.catalog()
        faults = list(catalog.faults.values())
        for connection in catalog.connections.values():
            if not await self._due(connection):
                continue
            try:
                await self.take(connection)
                self._failed.pop(connection.name, None)
            except RaygenError as error:
                self._failed[connection.name] = time.monotonic()
                faults.append(error.public)
        await self._forget_others(catalog)
        return faults

    async def write(self, sample: Sample, folder: Path) -> None:
        for file in sample.files:
            content = await self.store.get(_owner(sample.connection), file.sha256)
            if hashlib.sha256(content).hexdigest() != file.sha256:
                raise LookupError(file.path)
            await asyncio.to_thread(_write, folder / file.path, content)

    async def _value(self, connection: Connection) -> Value:
        reference = connection.credentials
        if reference.origin is Origin.SECRET and self.secrets is not None:
            return value_of(connection, await self.secrets(reference.name))
        return value_of(connection)

    async def _discovered(self) -> Catalog:
        found: dict[str, Connection] = {}
        faults: dict[str, str] = {}
        for name, connection in self.connections.items():
            if not _is_catalog(connection):
                found[name] = connection
                continue
            try:
                tables = await self.reader.tables(await self._value(connection))
            except RaygenError as error:
                faults[name] = error.public
                continue
            found |= {table.name: table for table in tables}
        return Catalog(connections=found, faults=faults)

    async def _due(self, connection: Connection) -> bool:
        if Access.READ not in connection.access or connection.refresh is None:
            return False
        if time.monotonic() - self._failed.get(connection.name, -_AGAIN_AFTER) < _AGAIN_AFTER:
            return False
        try:
            sample = await self.latest(connection.name)
        except ArtifactsUnavailable:
            return False
        return sample is None or sample.age(self.clock()) >= connection.refresh

    async def _keep(
        self, connection: Connection, found: Sampled, files: tuple[SampleFile, ...], folder: Path
    ) -> Sample:
        """Store the files first, then what names them, then remove what nothing names any more."""
        name, taken = connection.name, self.clock()
        content = {
            "files": found.identity or [asdict(file) for file in files],
            "root": found.root,
            "profile": asdict(found.profile),
        }
        sample = Sample(
            connection=name,
            sha256=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
            taken=taken,
            profile=found.profile,
            files=files,
            root=found.root,
        )
        before = await self._kept(name)
        fingerprint = self._fingerprint(connection)
        if (
            same := next((each for each in before.samples if each.sha256 == sample.sha256), None)
            if before
            else None
        ):
            sample = replace(sample, files=same.files)
        comparable = before is not None and before.fingerprint == fingerprint
        if before is not None and comparable:
            sample = replace(
                sample, change=_changed(connection, before.samples[0], sample) or before.samples[0].change
            )
        for file in () if same else files:
            await self.store.put(
                _owner(name), file.sha256, await asyncio.to_thread((folder / file.path).read_bytes)
            )
        earlier = before.samples if before is not None and comparable else ()
        others = tuple(each for each in earlier if each.sha256 != sample.sha256)
        kept = _Kept(fingerprint=fingerprint, samples=(sample, *others)[:_KEPT])
        await self._remember(name)
        await self.store.put(_owner(name), _LATEST, _KEPT_JSON.dump_json(kept))
        await self._remove_unnamed(name, before.samples if before else (), kept.samples)
        _log.info("took a sample of %s: %d rows in %d files", name, sample.profile.rows, len(files))
        return sample

    async def _kept(self, name: str) -> _Kept | None:
        try:
            return _KEPT_JSON.validate_json(await self.store.get(_owner(name), _LATEST))
        except (LookupError, ValidationError):
            return None

    async def _remove_unnamed(self, name: str, before: Sequence[Sample], after: Sequence[Sample]) -> None:
        named = {file.sha256 for sample in after for file in sample.files}
        for sha256 in {file.sha256 for sample in before for file in sample.files} - named:
            await self.store.delete(_owner(name), sha256)

    async def _names(self) -> tuple[str, ...]:
        try:
            return _NAMES_JSON.validate_json(await self.store.get(*_INDEX))
        except (LookupError, ValidationError):
            return ()

    async def _remember(self, name: str) -> None:
        names = await self._names()
        if name not in names:
            await self.store.put(*_INDEX, _NAMES_JSON.dump_json((*names, name)))

    async def _forget_others(self, catalog: Catalog) -> None:
        """Delete the samples of connections that are not configured any more."""
        names = await self._names()
        gone = [
            name
            for name in names
            if name not in catalog.connections and name.partition(".")[0] not in catalog.faults
        ]
        for name in gone:
            kept = await self._kept(name)
            await self._remove_unnamed(name, kept.samples if kept else (), ())
            await self.store.delete(_owner(name), _LATEST)
        if gone:
            await self.store.put(
                *_INDEX, _NAMES_JSON.dump_json(tuple(each for each in names if each not in gone))
            )

    def _fingerprint(self, connection: Connection) -> str:
        """Of all that decides what a sample holds."""
        parts = [
            connection.kind,
            connection.place,
            connection.masked,
            connection.left_out,
            connection.plain,
            connection.tables,
            asdict(connection.limits),
            sorted(connection.options.items()),
            hashlib.sha256(b"id" + self.key).hexdigest()[:16],
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _is_catalog(connection: Connection) -> bool:
    from services.data.registry import KINDS  # noqa: PLC0415  # loads nothing of a kind

    return KINDS[connection.kind].discover is not None


def _owner(name: str) -> str:
    return f"data-{name}"


def _files(folder: Path) -> tuple[SampleFile, ...]:
    return tuple(
        SampleFile(
            path=path.relative_to(folder).as_posix(),
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            size=path.stat().st_size,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    )


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _changed(connection: Connection, old: Sample, new: Sample) -> SchemaChange | None:
    """What differs, without what another few rows alone may show differently."""
    before, after = old.profile.schema, new.profile.schema
    same = {
        name
        for name, kind in after.items()
        if name in before
        and (
            "null" in {kind, before[name]}
            or (connection.kind in _INFERRED and {kind, before[name]} <= _NUMBERS)
        )
    }
    found = SchemaChange.between(before, {**after, **{name: before[name] for name in same}}, new.taken)
    return found or None
