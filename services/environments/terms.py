"""What an operator allows, and where packages come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from services.domain.errors import SettingsError

PYPI = "https://pypi.org/simple"
# Where these indexes store their files.
_FILES = {"pypi.org": ("files.pythonhosted.org",), "test.pypi.org": ("test-files.pythonhosted.org",)}
MB = 1000**2


class Allowed(StrEnum):
    """Which packages programs can get."""

    OFF = "off"
    LISTED = "listed"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Index:
    """A package index, by the simple API, or a directory of one.

    `url` is `http`, `https` or `file`, without credentials; `flat` is a page or directory that lists files, as
    `--find-links` takes it.
    """

    url: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    flat: bool = False

    @classmethod
    def parse(cls, text: str, *, flat: bool = False) -> Index:
        """An index from its URL, which may hold credentials, or from a path.

        Raises SettingsError, which doesn't repeat the URL.
        """
        if text.startswith("/"):
            text = Path(text).as_uri()
        try:
            parts = urlsplit(text)
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            parts, port = urlsplit(""), ""
        local = parts.scheme == "file" and not parts.netloc and bool(parts.path)
        if not local and not (parts.scheme in {"http", "https"} and parts.hostname):
            raise SettingsError(
                "A package index needs an address that starts with `https://`, `http://` or `file:///`."
            )
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else (parts.hostname or "")
        url = urlunsplit((parts.scheme, f"{host}{port}", parts.path.rstrip("/"), "", ""))
        return cls(url, unquote(parts.username or ""), unquote(parts.password or ""), flat)

    @property
    def origin(self) -> tuple[str, str]:
        """Scheme and authority."""
        parts = urlsplit(self.url)
        return parts.scheme, parts.netloc

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def name(self) -> str:
        """What people read: its host, or its directory."""
        return self.origin[1] or unquote(self.path)

    @property
    def local(self) -> bool:
        return self.origin[0] == "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an operator allows."""

    allowed: Allowed = Allowed.ANY
    """Which packages programs can declare; those that they depend on come with them."""
    listed: frozenset[str] = frozenset()
    """With `listed`, these, by normalized name."""
    indexes: tuple[Index, ...] = (Index(PYPI),)
    """Where packages are looked for; the first that has a package is the one that is used, unless `best_match`."""
    best_match: bool = False
    """Compare the versions of all indexes, as pip does."""
    hosts: frozenset[str] = frozenset()
    """Other hosts that the indexes' files may be downloaded from."""
    constraints: str = ""
    """A constraints file's text."""
    builds: bool = False
    """Build packages that have no wheel, which runs their code in the build sandbox."""
    certificates: Path | None = None
    """A bundle of certificate authorities to trust; None for the system's."""
    max_size: int = 4000 * MB
    """Bytes of the wheels of one program."""
    max_unpacked: int = 12_000 * MB
    """Bytes of the same, installed."""
    max_stored: int = 20_000 * MB
    """Bytes of all installed environments and downloaded wheels together."""
    resolve_wall: float = 120.0
    """Seconds for finding versions."""
    install_wall: float = 1200.0
    """Seconds for an installation."""
    lock_age: float = 24 * 3600.0
    """Seconds for which the same needs get the same lock."""

    def file_hosts(self) -> frozenset[str]:
        """Hosts beyond the indexes' own that files come from."""
        known = [
            name for index in self.indexes for name in _FILES.get(urlsplit(index.url).hostname or "", ())
        ]
        return self.hosts | frozenset(known)


@dataclass(frozen=True, slots=True)
class Configured:
    """What the operator's own configuration of pip or uv says of indexes."""

    indexes: tuple[Index, ...] = ()
    best_match: bool = False
    certificates: Path | None = None
    constraints: str = ""
