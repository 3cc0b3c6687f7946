from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests import postgres
from tests.contract.data import peers


@pytest.fixture(scope="session")
def moto() -> Generator[str]:
    with peers.aws() as endpoint:
        yield endpoint


@pytest.fixture
def aws(moto: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of S3 and Glue, in the environment as AWS's chain reads it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    return moto


@pytest.fixture(scope="session")
def database() -> Generator[str]:
    """A PostgreSQL server of its own."""
    with postgres.serving() as url:
        yield url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for a sample."""
    made = tmp_path / "sample"
    made.mkdir()
    return made
