"""Databases of a PostgreSQL server, and samples that are loaded into new ones by `psql`."""

from __future__ import annotations

import shutil
import subprocess
import uuid
from pathlib import Path

import psycopg

from tests.postgres import PATH


def fresh(server: str) -> str:
    """An empty database; its URL."""
    name = f"d{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as database:
        database.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


def loaded(server: str, script: Path) -> str:
    """A new database with a sample; its URL."""
    url = fresh(server)
    psql = shutil.which("psql", path=PATH)
    assert psql is not None
    done = subprocess.run(
        [psql, "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-f", str(script), url],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return url
