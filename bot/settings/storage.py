from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.settings.base import FilePath, SettingsGroup, Url


def _state_dir() -> Path:
    return Path.home() / ".local" / "state" / "raygen"


def _database(value: str) -> str:
    if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("write `sqlite:///path/to/file` or `postgresql://user:password@host/name`")
    return value


class StorageSettings(SettingsGroup):
    """Storage

    Where records and files are stored, for how long, and how replicas share them.
    """

    state_dir: FilePath = Field(default_factory=_state_dir, alias="RAYGEN_STATE_DIR")
    """The folder of the database, the files of runs and the local cluster. Default: `~/.local/state/raygen`."""
    database_url: Annotated[str, AfterValidator(_database)] | None = Field(None, alias="RAYGEN_DATABASE_URL")
    """The database: `sqlite:///file` or `postgresql://…`. Default: SQLite in RAYGEN_STATE_DIR."""
    artifacts: str = Field("", alias="RAYGEN_ARTIFACTS")
    """Where the files of runs, and input files above 1 MB, are stored: a folder, or `s3://bucket/prefix`. Replicas need one that they share; without it, their input files are in the database. Default: in RAYGEN_STATE_DIR."""
    s3_endpoint: Url | None = Field(None, alias="AWS_ENDPOINT_URL_S3")
    """The address of an S3 service for RAYGEN_ARTIFACTS. Default: Amazon's."""
    keep_days: float | None = Field(None, gt=0, alias="RAYGEN_KEEP_DAYS")
    """Days after which requests, programs, runs and files are deleted. Messages in Slack stay. Default: never."""
    executor: str = Field("", alias="RAYGEN_EXECUTOR")
    """The lasting name of this replica, such as its pod's. Default: the host name with PostgreSQL, otherwise `local`."""
    takeover_after: float = Field(30.0, ge=1, alias="RAYGEN_TAKEOVER_AFTER")
    """Seconds without a sign of life after which other replicas continue a replica's work."""

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.state_dir / 'raygen.db'}"

    @property
    def replica(self) -> str:
        """The name of this process among those that share the database."""
        shared = not self.database.startswith("sqlite")
        return self.executor or (socket.gethostname() if shared else "local")
