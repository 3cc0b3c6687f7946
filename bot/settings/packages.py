from __future__ import annotations

from typing import Annotated

from packaging.utils import canonicalize_name
from pydantic import AfterValidator, Field, SecretStr, field_validator

from bot.settings.base import FilePath, SettingsGroup, StringSet, items
from services.domain.errors import SettingsError
from services.environments.terms import Allowed, Index


def _names(value: frozenset[str]) -> frozenset[str]:
    return frozenset(canonicalize_name(name) for name in value)


def _hosts(value: frozenset[str]) -> frozenset[str]:
    if any("/" in host or "@" in host for host in value):
        raise ValueError("write names of hosts, such as `files.example.com`")
    return value


class PackageSettings(SettingsGroup):
    """Packages

    Which [packages](packages.md) programs can use, and where they come from.
    """

    packages: Allowed = Field(Allowed.ANY, alias="RAYGEN_PACKAGES")
    """Which packages programs can declare beyond what is installed: `any`, only those in RAYGEN_PACKAGES_ALLOWED with `listed`, or none with `off`."""
    packages_allowed: Annotated[StringSet, AfterValidator(_names)] = Field(
        frozenset(), alias="RAYGEN_PACKAGES_ALLOWED"
    )
    """With `RAYGEN_PACKAGES=listed`, the names of packages that programs can declare, separated by commas. The packages that these depend on are installed with them."""
    package_index: SecretStr | None = Field(None, alias="RAYGEN_PACKAGE_INDEX")
    """The URLs of package indexes (simple API), separated by spaces, with credentials where they need some. The first that has a package is used. Default: the indexes of this machine's uv or pip configuration, otherwise `https://pypi.org/simple`."""
    package_hosts: Annotated[StringSet, AfterValidator(_hosts)] = Field(
        frozenset(), alias="RAYGEN_PACKAGE_HOSTS"
    )
    """Hosts other than those of the indexes that package files can be downloaded from, separated by commas."""
    package_constraints: FilePath | None = Field(None, alias="RAYGEN_PACKAGE_CONSTRAINTS")
    """A constraints file that limits the versions of packages."""
    package_builds: bool = Field(False, alias="RAYGEN_PACKAGE_BUILDS")
    """Build packages that have no wheel, which runs their code in the build sandbox."""
    packages_max_mb: int = Field(4000, ge=1, alias="RAYGEN_PACKAGES_MAX_MB")
    """How large the packages of one program can be, in MB to download; three times as much once they are installed."""
    packages_stored_mb: int = Field(20_000, ge=1, alias="RAYGEN_PACKAGES_STORED_MB")
    """How much space installed packages take in RAYGEN_STATE_DIR, in MB; those unused for longest are removed."""
    packages_wall: float = Field(1200.0, gt=0, alias="RAYGEN_PACKAGES_WALL")
    """The time limit for one installation, in seconds."""
    packages_lock_hours: float = Field(24.0, ge=0, alias="RAYGEN_PACKAGES_LOCK_HOURS")
    """Hours for which the same requirements get the same versions."""

    @field_validator("package_index")
    @classmethod
    def _indexes(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            for url in items(value.get_secret_value()) if value else ():
                Index.parse(url)
        except SettingsError as error:
            raise ValueError(error.public[0].lower() + error.public[1:].rstrip(".")) from None
        return value
