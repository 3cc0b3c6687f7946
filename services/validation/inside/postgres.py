"""A real PostgreSQL on the seal's loopback, with the samples of a program's databases.

Programs connect as `ray`, who owns the databases that may be written to and only reads the others. The server belongs to one
attempt: what a program does with it may reach the server itself, so the sandbox ends with the program.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import process

PORT = 5432
_HOME = Path("/tmp/postgres")  # noqa: S108  # the sandbox's own
_SAMPLES = Path("/data")
_SAMPLE = "sample.sql"
_START_LIMIT = 120.0
_LOAD_LIMIT = 120.0
_COUNT_LIMIT = 5.0
_OPTIONS = {
    "autovacuum": "off",
    "dynamic_shared_memory_type": "posix",
    "fsync": "off",
    "full_page_writes": "off",
    "jit": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "port": str(PORT),
    "shared_buffers": "16MB",
    "stats_fetch_consistency": "none",
    "synchronous_commit": "off",
    "unix_socket_directories": str(_HOME),
}
_ACCESS = "local all postgres scram-sha-256\nhost all ray 127.0.0.1/32 trust\n"
_CHANGED = """
SELECT json_agg(json_build_array(schemaname || '.' || relname, n_tup_ins + n_tup_upd + n_tup_del))
FROM pg_stat_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""


@dataclass(slots=True)
class Server:
    """`databases` are the connections, and which of them may be written to."""

    databases: dict[str, bool]
    pid: int = 0
    _password: str = field(default_factory=lambda: secrets.token_hex(16))

    def start(self) -> None:
        """Begin; `load` waits for it."""
        if self.databases:
            _HOME.mkdir(mode=0o700)
            self.pid = process.fork(self._become)

    def load(self) -> None:
        """Wait until it is up, and fill it. Raises SystemExit where that can't be done."""
        if not self.databases:
            return
        end = time.monotonic() + _START_LIMIT
        while self._psql("SELECT 1") is None:
            if time.monotonic() > end or os.waitpid(self.pid, os.WNOHANG)[0]:
                raise SystemExit(f"PostgreSQL did not start: {_last_words()}")
            time.sleep(0.02)
        self._psql("CREATE ROLE ray LOGIN; GRANT pg_read_all_data TO ray")
        for name, writes in self.databases.items():
            owner = "ray" if writes else "postgres"
            self._psql(f'CREATE DATABASE "{name}" OWNER {owner}')
            sample = _SAMPLES / name / _SAMPLE
            if sample.exists() and self._load(name, sample) is None:
                raise SystemExit(f"the sample of {name} can't be loaded: {_last_words()}")
            self._psql("SELECT pg_stat_reset()", name)

    def written(self) -> list[dict[str, object]]:
        """Which tables have changed, and by how many rows; those whose database can't be asked are missing."""
        found: list[dict[str, object]] = []
        for name, writes in self.databases.items():
            if not writes or (answer := self._psql(_CHANGED, name, limit=_COUNT_LIMIT)) is None:
                continue
            tables: list[list[object]] = json.loads(answer or "[]") or []
            rows = sum(int(str(count)) for _, count in tables)
            names = [str(table) for table, _ in tables]
            found.append(
                {"name": name, "files": len(tables), "rows": rows, "columns": names[:50], "unit": "tables"}
            )
        return found

    def _become(self) -> None:
        """Go on as the server."""
        log = os.open(_HOME / "log", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        for stream in (1, 2):
            os.dup2(log, stream)
        binaries, data = _binaries(), _HOME / "data"
        password = _HOME / "password"
        password.write_text(self._password)
        words = (
            "--username=postgres",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--no-sync",
            "--no-instructions",
        )
        subprocess.run(  # noqa: S603  # our own words
            [binaries / "initdb", "-D", data, *words, "--encoding=UTF8", "--locale=C"], check=True
        )
        password.unlink()
        (data / "pg_hba.conf").write_text(_ACCESS)
        options = [word for name, value in _OPTIONS.items() for word in ("-c", f"{name}={value}")]
        os.execv(binaries / "postgres", ["postgres", "-D", str(data), *options])  # noqa: S606  # no shell is wanted

    def _load(self, database: str, sample: Path) -> str | None:
        """As `ray` where the database is theirs, so that they own its tables."""
        role = f"SET ROLE {'ray' if self.databases[database] else 'postgres'};\n"
        return self._psql(role + sample.read_text(encoding="utf-8"), database, limit=_LOAD_LIMIT)

    def _psql(self, statements: str, database: str = "postgres", *, limit: float = 10.0) -> str | None:
        """What they answer; None when they fail."""
        words = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(_HOME), "-U", "postgres"]
        try:
            ran = subprocess.run(  # noqa: S603  # our own words
                [_binaries() / words[0], *words[1:], "-p", str(PORT), "-d", database],
                input=statements,
                env={"PGPASSWORD": self._password, "PATH": os.defpath, "LANG": "C.UTF-8"},
                capture_output=True,
                check=False,
                encoding="utf-8",
                errors="replace",
                timeout=limit,
            )
        except subprocess.TimeoutExpired:
            return None
        if ran.returncode:
            with (_HOME / "log").open("a", encoding="utf-8") as log:
                log.write(ran.stderr)
            return None
        return ran.stdout.strip()


def is_installed() -> bool:
    """Whether this machine has the server, in a place that a seal sees."""
    return (_binaries() / "initdb").exists()


def _binaries() -> Path:
    """The newest installed server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[4]))
    if found:
        return found[-1].parent
    server = shutil.which("postgres")
    return Path(server).resolve().parent if server else Path("/usr/bin")


def _last_words() -> str:
    try:
        return (_HOME / "log").read_text(errors="replace")[-1500:]
    except OSError:
        return ""
