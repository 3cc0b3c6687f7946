"""The file that names data connections: TOML, a table for each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bot.wiring.file_faults import invalid
from services.data import registry
from services.domain.connections import NAME, Access, Connection, Credentials, Origin, SampleLimits
from services.domain.errors import SettingsError
from services.domain.untrusted_data import from_toml

_LARGEST = 1_000_000
_MB = 1000**2


def _some(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _text(value: object) -> object:
    """Options may be written as numbers and as true or false."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


_User = Annotated[str, Field(pattern=r"^([UW][A-Z0-9]{2,}|api:[A-Za-z0-9_.-]+)$")]
_Channel = Annotated[str, Field(pattern=r"^([CDG][A-Z0-9]{2,}|direct|api)$")]
_Columns = Annotated[tuple[str, ...], BeforeValidator(_some)]


class CredentialsTable(BaseModel):
    """Where the credentials are from which samples are taken: one of these."""

    model_config = ConfigDict(extra="forbid")

    anonymous: bool = False
    profile: str = ""
    env: str = ""
    file: str = ""
    secret: str = ""

    @model_validator(mode="after")
    def _one(self) -> CredentialsTable:
        if sum(map(bool, (self.anonymous, self.profile, self.env, self.file, self.secret))) != 1:
            raise ValueError("must have one of `profile`, `env`, `file`, `secret` and `anonymous`")
        return self

    def reference(self) -> Credentials:
        for origin, name in (
            (Origin.CHAIN, self.profile),
            (Origin.ENVIRONMENT, self.env),
            (Origin.FILE, self.file),
        ):
            if name:
                return Credentials(origin, name)
        return Credentials(Origin.SECRET, self.secret) if self.secret else Credentials(Origin.NONE)


class SampleTable(BaseModel):
    """How much a sample has at most."""

    model_config = ConfigDict(extra="forbid")

    rows: int = Field(1000, ge=1, le=_LARGEST)
    files: int = Field(20, ge=1, le=1000)
    mb: float = Field(50, gt=0, le=1000)


class ConnectionTable(BaseModel):
    """One connection, as `Connection` explains it."""

    model_config = ConfigDict(extra="forbid")

    kind: str
    url: str = Field(min_length=1, max_length=1000)
    source: str = Field("", max_length=1000)
    description: str = Field("", max_length=1000)
    access: Annotated[frozenset[Access], BeforeValidator(_some), Field(min_length=1)] = frozenset(
        {Access.READ}
    )
    targets: frozenset[str] = frozenset()
    users: frozenset[_User] = frozenset()
    channels: frozenset[_Channel] = frozenset()
    variable: str = Field("", pattern=r"^([A-Z][A-Z0-9_]{0,100})?$")
    sample: SampleTable = SampleTable.model_validate({})
    mask: _Columns = ()
    leave_out: _Columns = ()
    plain: _Columns = ()
    credentials: CredentialsTable | None = None
    refresh_hours: float = Field(24.0, ge=0, le=24 * 365)
    tables: _Columns = ()
    options: dict[str, Annotated[str, BeforeValidator(_text)]] = {}

    def connection(self, name: str) -> Connection:
        limits = SampleLimits(
            rows=self.sample.rows, files=self.sample.files, size=round(self.sample.mb * _MB)
        )
        return Connection(
            name=name,
            kind=self.kind,
            url=self.url,
            source=self.source,
            description=self.description,
            access=self.access,
            targets=self.targets,
            people=self.users,
            channels=self.channels,
            variable=self.variable,
            limits=limits,
            masked=self.mask,
            left_out=self.leave_out,
            plain=self.plain,
            credentials=self.credentials.reference() if self.credentials else Credentials(),
            refresh=timedelta(hours=self.refresh_hours) if self.refresh_hours else None,
            tables=self.tables,
            options=self.options,
        )


def read(path: Path, targets: Collection[str]) -> dict[str, Connection]:
    """The connections by name. Raises SettingsError with one sentence for each fault."""
    try:
        tables: dict[str, Any] = from_toml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"RAYGEN_DATA: {path} can't be read: {error.strerror}.") from None
    except ValueError as error:
        raise SettingsError(f"RAYGEN_DATA: {path} isn't valid TOML: {error}.") from None
    if not tables:
        raise SettingsError(f"RAYGEN_DATA: {path} has no connections: add a table such as `[sales]`.")
    found = {name: _connection(name, table, targets) for name, table in tables.items()}
    names: dict[str, str] = {}
    for name, connection in found.items():
        other = names.setdefault(connection.environment, name)
        if other != name:
            raise SettingsError(
                f"RAYGEN_DATA: {other} and {name} both use the environment variable {connection.environment}: add `variable` to one of them."
            )
    return found


def _connection(name: str, table: object, targets: Collection[str]) -> Connection:
    if not NAME.fullmatch(name) or "." in name:
        raise SettingsError(
            f"RAYGEN_DATA: {name[:80]!r} isn't a connection's name: use small letters, digits, `-` and `_`."
        )
    try:
        connection = ConnectionTable.model_validate(table).connection(name)
    except ValidationError as error:
        raise invalid("RAYGEN_DATA", name, error) from None
    if wrong := registry.fault(connection):
        raise SettingsError(f"RAYGEN_DATA: {name} {wrong}.")
    for target in sorted(connection.targets - set(targets)):
        raise SettingsError(
            f"RAYGEN_DATA: {name} names the target {target!r}, which doesn't exist: correct `targets`."
        )
    return connection
