"""Where the files of runs are kept."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from bot.settings import Settings
from services.artifacts.folder import FolderStore
from services.artifacts.interface import ArtifactStore
from services.artifacts.s3 import S3Store
from services.domain.errors import SettingsError


def shares_artifacts(settings: Settings) -> bool:
    """Whether all replicas reach the same artifact store: not where each has the default, a folder of its own."""
    return bool(settings.artifacts) or settings.database.startswith("sqlite")


def artifact_store(settings: Settings) -> ArtifactStore:
    """Where the files of runs are kept. Raises SettingsError for a bucket without a name."""
    match urlsplit(settings.artifacts):
        case SplitResult(scheme="s3", netloc=""):
            raise SettingsError("RAYGEN_ARTIFACTS has no bucket: write `s3://bucket/prefix`.")
        case SplitResult(scheme="s3", netloc=bucket, path=prefix):
            return S3Store(bucket, prefix, region=settings.aws_region, endpoint=settings.s3_endpoint)
        case _:
            return FolderStore(Path(settings.artifacts or settings.state_dir / "artifacts").expanduser())
