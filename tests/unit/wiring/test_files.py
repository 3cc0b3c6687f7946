"""Where the files of runs go, by one setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import load
from bot.wiring.files import artifact_store, shares_artifacts
from services.artifacts.folder import FolderStore
from services.artifacts.s3 import S3Store
from services.domain.errors import SettingsError


def test_by_default_files_are_in_the_state_directory(tmp_path: Path):
    store = artifact_store(load(state_dir=tmp_path, artifacts=""))
    assert isinstance(store, FolderStore)
    assert store._root == tmp_path / "artifacts"


def test_a_folder_or_a_bucket_can_be_named(tmp_path: Path):
    folder = artifact_store(load(artifacts=str(tmp_path / "kept")))
    assert isinstance(folder, FolderStore)
    assert folder._root == tmp_path / "kept"
    bucket = artifact_store(load(artifacts="s3://files/raygen/one/"))
    assert isinstance(bucket, S3Store)
    assert (bucket._bucket, bucket._prefix) == ("files", "raygen/one/")


def test_a_bucket_needs_a_name():
    with pytest.raises(SettingsError, match="has no bucket"):
        artifact_store(load(artifacts="s3:///prefix"))


@pytest.mark.parametrize(
    ("database", "artifacts", "shared"),
    [
        ("sqlite:///raygen.db", "", True),
        ("postgresql://db/raygen", "", False),
        ("postgresql://db/raygen", "s3://files", True),
        ("postgresql://db/raygen", "/mnt/shared", True),
    ],
)
def test_a_folder_of_one_replica_is_not_shared(database: str, artifacts: str, *, shared: bool):
    assert shares_artifacts(load(database_url=database, artifacts=artifacts)) is shared
