"""Locks and installed environments on disk: complete or not there at all, within a size, the least recently used removed first.

    ready/SHA256/lib               what Python imports
    ready/SHA256/environment.json  what was left out
    locks/KEY.json                 what needs were resolved to, for a time
    wheels/SHA256                  downloaded files
    work/*                         jobs in hand; each is locked by its process, and removed when that has ended

A directory of `ready` is renamed into place as a whole; it is in use while a shared lock is held on it.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from services.domain.locks import Lock
from services.environments import disk
from services.environments.disk import Held
from services.environments.interface import Environment

_LOCK = TypeAdapter(Lock)
_LEFT_OUT = TypeAdapter(tuple[str, ...])


class Stored:
    """The directory of all this; several processes may share it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def ready(self) -> Path:
        return self._root / "ready"

    @property
    def wheels(self) -> Path:
        return self._root / "wheels"

    def open(self) -> None:
        """Make the directories and remove what ended processes have left. Raises OSError."""
        for name in ("ready", "locks", "wheels", "work"):
            (self._root / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in [*(self._root / "work").iterdir()]:
            if held := disk.hold(path, exclusive=True):
                disk.remove(path) if path.is_dir() else path.unlink(missing_ok=True)
                held.release()
        for path in self.wheels.glob(".*"):
            if time.time() - path.stat().st_mtime > 3600:
                path.unlink(missing_ok=True)

    @contextmanager
    def working(self) -> Generator[Path]:
        """An empty directory for a job, removed afterwards."""
        work = Path(tempfile.mkdtemp(dir=self._root / "work"))
        held = disk.hold(work, exclusive=True)
        try:
            for name in ("home", "tmp", "cache"):
                (work / name).mkdir()
            yield work
        finally:
            disk.remove(work)
            if held:
                held.release()

    def exclusive(self, lock: Lock) -> Held | None:
        """The right to install `lock`; None while another process or task has it."""
        path = self._root / "work" / f"{lock.sha256}.lock"
        path.touch(mode=0o600)
        return disk.hold(path, exclusive=True)

    def find(self, lock: Lock) -> Environment | None:
        """The lock's environment, in use from now on; None where it is not installed."""
        path = self.ready / lock.sha256
        held = disk.hold(path)
        if held is None:
            return None
        try:
            left_out = _LEFT_OUT.validate_json((path / "environment.json").read_bytes())
            os.utime(path)
        except (OSError, ValidationError):
            held.release()
            return None
        return Environment(lock=lock, path=path / "lib", left_out=left_out, held=held)

    def keep(self, lock: Lock, lib: Path, left_out: tuple[str, ...]) -> None:
        """Take `lib`, which lies in a job's directory, as the lock's environment. Raises OSError."""
        made = lib.parent / "made"
        made.mkdir()
        lib.chmod(0o700)  # a directory that is moved gets another parent
        lib.rename(made / "lib")
        (made / "lib").chmod(0o555)
        (made / "environment.json").write_text(json.dumps(left_out), encoding="utf-8")
        disk.sync(made)
        target = self.ready / lock.sha256
        with contextlib.suppress(FileNotFoundError):
            disk.remove(target)
        made.rename(target)
        disk.sync(target.parent)

    def lock(self, key: str, age: float) -> Lock | None:
        """What the needs of `key` were resolved to at most `age` seconds ago."""
        path = self._root / "locks" / f"{key}.json"
        try:
            if time.time() - path.stat().st_mtime > age:
                return None
            return _LOCK.validate_json(path.read_bytes())
        except (OSError, ValidationError):
            return None

    def note(self, key: str, lock: Lock) -> None:
        """Remember what the needs of `key` were resolved to."""
        path = self._root / "locks" / f"{key}.json"
        partial = path.with_name(f".{secrets.token_hex(8)}")
        with contextlib.suppress(OSError):
            partial.write_text(json.dumps(asdict(lock)), encoding="utf-8")
            partial.replace(path)

    def tidy(self, limit: int, age: float) -> None:
        """Remove old locks, and the least recently used wheels and environments beyond `limit` bytes, none that are in use."""
        for path in [*(self._root / "locks").iterdir()]:
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > age:
                    path.unlink()
        found = [(path, _size(path)) for path in self._by_use()]
        total = sum(size for _, size in found)
        for path, size in found:
            if total <= limit:
                return
            if self._removed(path):
                total -= size

    def _by_use(self) -> Iterator[Path]:
        """Wheels before environments, those that were not used for longest first."""
        for name in ("wheels", "ready"):
            entries = [(path.stat().st_mtime, path) for path in (self._root / name).iterdir()]
            yield from (path for _, path in sorted(entries))

    def _removed(self, path: Path) -> bool:
        if path.is_file():
            path.unlink(missing_ok=True)
            return True
        held = disk.hold(path, exclusive=True)
        if held is None:
            return False
        trash = self._root / "work" / f"removed-{secrets.token_hex(8)}"
        path.rename(trash)
        held.release()
        disk.remove(trash)
        return True


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else disk.size_of(path)
