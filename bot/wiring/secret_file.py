"""The file that names the secrets of programs: TOML, a table for each environment variable."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.settings import Settings
from bot.settings.base import FilePath
from bot.settings.settings import FIELDS, is_secret
from bot.wiring.file_faults import invalid
from services.domain.errors import SettingsError
from services.domain.untrusted_data import from_toml
from services.secrets.configured import ConfiguredSecrets
from services.secrets.interface import (
    AwsSecret,
    EnvironmentVariable,
    OnTarget,
    Secret,
    SecretFile,
    Source,
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_User = Annotated[str, Field(pattern=r"^([UW][A-Z0-9]{2,}|api:[A-Za-z0-9_.-]+)$")]
_Channel = Annotated[str, Field(pattern=r"^([CDG][A-Z0-9]{2,}|direct|api)$")]
# What decides how Python, Ray and the system's loader start, and would do so before the program does.
_RESERVED = re.compile(r"(?i)(PYTHON|RAY_|__RAY|RAYGEN_|LD_|_RAY).*|PATH|HOME|USER|SHELL|TMPDIR|PWD|IFS")


class SecretTable(BaseModel):
    """One secret: exactly one of `env`, `file`, `aws` and `on`, and who may use it where."""

    model_config = ConfigDict(extra="forbid")

    env: str | None = Field(None, min_length=1, max_length=200)
    file: FilePath | None = None
    aws: str | None = Field(None, min_length=1, max_length=512)
    key: str = Field("", max_length=200)
    on: Literal["target"] | None = None
    description: str = Field("", max_length=200)
    users: frozenset[_User] = frozenset()
    channels: frozenset[_Channel] = frozenset()
    targets: frozenset[str] = frozenset()

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(each is not None for each in (self.env, self.file, self.aws, self.on)) != 1:
            raise ValueError('needs one of `env`, `file`, `aws` and `on = "target"`')
        if self.key and self.aws is None:
            raise ValueError("has a `key`, which only belongs to `aws`: remove it")
        return self

    @property
    def source(self) -> Source:
        if self.env is not None:
            return EnvironmentVariable(self.env)
        if self.file is not None:
            return SecretFile(self.file)
        return AwsSecret(self.aws, self.key) if self.aws is not None else OnTarget()

    def secret(self, name: str) -> Secret:
        return Secret(
            name=name,
            source=self.source,
            description=self.description,
            users=self.users,
            channels=self.channels,
            targets=self.targets,
        )


def secrets(settings: Settings, targets: Collection[str]) -> ConfiguredSecrets:
    """The secrets of the settings; there may be none. Raises SettingsError."""
    return ConfiguredSecrets(read(settings.secrets, targets) if settings.secrets else ())


def read(path: Path, targets: Collection[str]) -> list[Secret]:
    """The secrets in a file. Raises SettingsError with one sentence for each fault."""
    try:
        tables: dict[str, Any] = from_toml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"RAYGEN_SECRETS: {path} can't be read: {error.strerror}.") from None
    except ValueError as error:
        raise SettingsError(f"RAYGEN_SECRETS: {path} isn't valid TOML: {error}.") from None
    return [_secret(name, table, targets) for name, table in tables.items()]


def _secret(name: str, table: object, targets: Collection[str]) -> Secret:
    if not _NAME.fullmatch(name):
        raise SettingsError(f"RAYGEN_SECRETS: {name[:100]!r} isn't the name of an environment variable.")
    if _RESERVED.fullmatch(name):
        raise SettingsError(
            f"RAYGEN_SECRETS: {name} has a meaning for Python, Ray or the system. Use another name."
        )
    try:
        found = SecretTable.model_validate(table).secret(name)
    except ValidationError as error:
        raise invalid("RAYGEN_SECRETS", name, error) from None
    if isinstance(found.source, EnvironmentVariable) and _is_raygens(found.source.variable):
        raise SettingsError(
            f"RAYGEN_SECRETS: {name}.env names raygen's own {found.source.variable}. Programs can't have raygen's credentials."
        )
    if strange := sorted(found.targets - set(targets)):
        raise SettingsError(
            f"RAYGEN_SECRETS: {name}.targets: there is no target {strange[0]!r}. The targets are {', '.join(targets)}."
        )
    return found


def _is_raygens(variable: str) -> bool:
    field = FIELDS.get(variable)
    return field is not None and is_secret(field)
