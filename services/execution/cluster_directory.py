"""The embedded target's directory on the bot's side: what is kept of clusters, runs and their ends."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from services.domain.checkpoints import packed, unpacked
from services.domain.locks import Lock, LockedPackage
from services.domain.untrusted_data import from_json
from services.domain.values import InputFile
from services.execution.interface import Job
from services.execution.wire import JobDetails

_LOG = re.compile(r"job-driver-([A-Za-z0-9][A-Za-z0-9_.-]{0,127})\.log")
_DAY = 86_400.0


class ClusterDirectory:
    """Paths and small files below `root`; all of it is for the bot's user alone.

    Only `claims` and a cluster's own directory are ever visible to programs, and of `environments`, where the packages of
    programs are by the sha256 of their lock, what is a program's own.
    """

    def __init__(self, root: Path, environments: Path | None = None) -> None:
        self.root = root.resolve()
        self.environments = environments.resolve() if environments else None
        self.claims = self.root / "claims"
        self.lock = self.root / "lock"
        self.state = self.root / "state.json"
        self._jobs = self.root / "jobs"
        self._ended = self.root / "ended"
        self._logs = self.root / "logs"

    def prepare(self) -> None:
        for path in (self.root, self.claims, self._jobs, self._ended, self._logs):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def clusters(self) -> list[Path]:
        return sorted(path for path in self.root.glob("c-*") if path.is_dir() and not path.is_symlink())

    def started(self, submission_id: str) -> bool:
        return os.path.lexists(self.claims / submission_id)

    def keep_job(self, job: Job) -> None:
        """Remember what was asked for until it ends, so that a lost cluster's unstarted work is not lost; of secrets, their names."""
        inputs = {file.name: base64.b64encode(file.content).decode() for file in job.inputs}
        checkpoints = base64.b64encode(packed(job.checkpoints)).decode() if job.checkpoints else ""
        plain = asdict(replace(job, inputs=(), checkpoints=(), secrets={}))
        kept = {
            **plain,
            "metadata": dict(job.metadata),
            "inputs": inputs,
            "checkpoints": checkpoints,
            "secrets": sorted(job.secrets),
        }
        write(self._jobs / f"{job.submission_id}.json", kept)

    def secrets_of(self, submission_id: str) -> tuple[str, ...]:
        """The names of the secrets that such a job needs."""
        kept: dict[str, Any] = read(self._jobs / f"{submission_id}.json") or {}
        return tuple(map(str, kept.get("secrets", ())))

    def kept_job(self, submission_id: str) -> Job | None:
        """The job, without its secrets."""
        kept = read(self._jobs / f"{submission_id}.json")
        if kept is None:
            return None
        inputs = kept.pop("inputs", {}).items()
        files = tuple(InputFile(name, base64.b64decode(text)) for name, text in inputs)
        lock = kept.pop("lock", {})
        packages = tuple(LockedPackage(**each) for each in lock.pop("packages", ()))
        arguments = tuple(kept.pop("arguments", ()))
        kept.pop("secrets", None)
        checkpoints = base64.b64decode(kept.pop("checkpoints", ""))
        return Job(
            **kept,
            inputs=files,
            lock=Lock(**lock, packages=packages),
            arguments=arguments,
            checkpoints=unpacked(checkpoints) if checkpoints else (),
        )

    def drop_job(self, submission_id: str) -> None:
        (self._jobs / f"{submission_id}.json").unlink(missing_ok=True)

    def note_end(self, submission_id: str, details: JobDetails) -> None:
        """Keep the job table's last word on a run; what is kept first stays."""
        path = self._ended / f"{submission_id}.json"
        if not path.exists():
            write(path, details.model_dump(mode="json"))
        self.drop_job(submission_id)

    def end(self, submission_id: str) -> JobDetails | None:
        kept = read(self._ended / f"{submission_id}.json")
        return None if kept is None else JobDetails.model_validate(kept)

    def log(self, submission_id: str) -> Path | None:
        """The log of a run whose cluster is gone."""
        path = self._logs / f"{submission_id}.log"
        return path if path.is_file() else None

    def archive(self, cluster: Path) -> None:
        """Take the job logs out of a dead cluster's directory and remove the rest.

        Programs could write there, so nothing is followed that leads elsewhere.
        """
        for path in _regular(cluster / "ray"):
            found = _LOG.fullmatch(path.name)
            if found:
                path.replace(self._logs / f"{found[1]}.log")
        shutil.rmtree(cluster, ignore_errors=True)

    def sweep(self, *, days: float = 30.0) -> None:
        """Remove what is older than any run that could still be asked for."""
        oldest = time.time() - days * _DAY
        for folder in (self.claims, self._jobs, self._ended, self._logs):
            for path in folder.iterdir():
                if path.lstat().st_mtime < oldest and not path.is_dir():
                    path.unlink(missing_ok=True)


def write(path: Path, value: Any) -> None:
    """Replace a JSON file in one step, readable by the bot's user alone."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.touch(mode=0o600)
    half.write_text(json.dumps(value), encoding="utf-8")
    half.replace(path)


def read(path: Path) -> Any:
    """The JSON in a file, or None when there is none."""
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _regular(top: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(top, followlinks=False):
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink() and path.is_file():
                yield path
