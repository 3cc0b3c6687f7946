"""The file that names an operator's clusters: TOML, a table for each target, the first or the marked one being the default."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from bot.wiring.file_faults import invalid
from services.domain.errors import SettingsError
from services.domain.untrusted_data import from_toml
from services.targets.cost import Prices
from services.targets.targets import TargetTerms

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class ClusterFile(BaseModel):
    """Where a cluster is, by `address`, or as a RayCluster by `kubernetes`, and how it is called."""

    model_config = ConfigDict(extra="forbid")

    address: str | None = Field(None, pattern=r"^https?://")
    kubernetes: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9./-]*$")
    token: SecretStr | None = None
    token_file: Path | None = None
    token_env: str | None = None
    headers: dict[str, str] = {}
    verify: bool | Path = True
    wall_limit: float | None = Field(None, gt=0)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.address and self.kubernetes:
            raise ValueError("has both `address` and `kubernetes`: remove one")
        return self

    @property
    def url(self) -> str | None:
        """The Jobs API; a RayCluster `name` or `namespace/name` is reached by its head service inside Kubernetes."""
        if self.kubernetes is None:
            return self.address
        namespace, _, name = self.kubernetes.rpartition("/")
        return f"http://{name}-head-svc.{namespace or 'default'}.svc:8265"

    def secret(self) -> str | None:
        """The token, from wherever it is kept. Raises SettingsError when it is not there."""
        if self.token is not None:
            return self.token.get_secret_value()
        if self.token_file is not None:
            try:
                return self.token_file.read_text(encoding="utf-8").strip()
            except OSError as error:
                raise SettingsError(
                    f"The token file {self.token_file} can't be read: {error.strerror}."
                ) from None
        if self.token_env is not None:
            token = os.environ.get(self.token_env)
            if not token:
                raise SettingsError(
                    f"{self.token_env} is not set: RAYGEN_TARGETS names it as the token of a target."
                )
            return token
        return None


class ValidationFile(ClusterFile):
    """The cluster that programs for a target are validated on; `wall_limit` is in seconds, the most that a validation may take."""

    @model_validator(mode="after")
    def _some_place(self) -> Self:
        if self.url is None:
            raise ValueError("has no `address` and no `kubernetes`: add one")
        return self


class TargetFile(ClusterFile):
    """One target: where it is (neither `address` nor `kubernetes`: the local cluster), and its terms."""

    default: bool = False
    users: frozenset[str] = frozenset()
    limits: dict[str, float] = {}
    resources: dict[str, float] = {}
    runs: int | None = Field(None, ge=1)
    packages: bool = False
    prices: dict[str, Annotated[float, Field(ge=0, lt=1e9)]] = {}
    currency: str = Field("USD", min_length=1, max_length=8)
    dashboard: str | None = Field(None, pattern=r"^https?://")
    validation: ValidationFile | None = None

    def terms(self, wall_limit: float) -> TargetTerms:
        return TargetTerms(
            self.users,
            self.limits,
            self.resources,
            self.wall_limit or wall_limit,
            self.packages,
            self.dashboard or self.address or "",
            self.runs,
            Prices(self.prices, self.currency),
            validation_wall=self.validation.wall_limit if self.validation else None,
        )


def read(path: Path) -> dict[str, TargetFile]:
    """The targets by name, the default one first. Raises SettingsError with one sentence for each fault."""
    try:
        tables: dict[str, Any] = from_toml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"RAYGEN_TARGETS: {path} can't be read: {error.strerror}.") from None
    except ValueError as error:
        raise SettingsError(f"RAYGEN_TARGETS: {path} isn't valid TOML: {error}.") from None
    targets = {name: _target(name, table) for name, table in tables.items()}
    if not targets:
        raise SettingsError(f"RAYGEN_TARGETS: {path} has no targets: add a table such as `[dev]`.")
    marked = [name for name, target in targets.items() if target.default]
    if len(marked) > 1:
        raise SettingsError(f"RAYGEN_TARGETS: {' and '.join(marked)} are both the default: mark one of them.")
    local = [name for name, target in targets.items() if target.url is None]
    if len(local) > 1:
        raise SettingsError(
            f"RAYGEN_TARGETS: {' and '.join(local)} have no address, but there is only one local cluster: add `address` to the others."
        )
    _check_validations(targets)
    return dict(sorted(targets.items(), key=lambda item: item[0] not in marked))


def _check_validations(targets: Mapping[str, TargetFile]) -> None:
    """Raises SettingsError where programs would run on a target before anybody has approved them."""
    places = {_same(target.url): name for name, target in targets.items() if target.url is not None}
    for name, target in targets.items():
        url = target.validation.url if target.validation else None
        if url is not None and (other := places.get(_same(url))):
            raise SettingsError(
                f"RAYGEN_TARGETS: {name}.validation is the cluster of the target {other}, where programs would run before anybody "
                "has approved them: name a cluster that is only for validation."
            )


def _same(url: str) -> str:
    return url.rstrip("/").lower()


def _target(name: str, table: object) -> TargetFile:
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"RAYGEN_TARGETS: {name!r} isn't a target's name: use letters, digits, dots and dashes."
        )
    try:
        return TargetFile.model_validate(table)
    except ValidationError as error:
        raise invalid("RAYGEN_TARGETS", name, error) from None
