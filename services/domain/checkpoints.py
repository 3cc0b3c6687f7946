"""Checkpoints: the files that a run which has not passed left in `outputs/checkpoints`, for one that goes on from there."""

from __future__ import annotations

import hashlib
import io
import json
import ntpath
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.domain.locks import NO_LOCK, Lock

FOLDER = "outputs/checkpoints"
_NAME = 1000
_PART = 255
_DEEPEST = 17


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """A file below `outputs/checkpoints`: its path there, its bytes, and when it was written, in milliseconds since 1970."""

    name: str
    content: bytes = field(repr=False)
    modified: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoints:
    """What is known of the checkpoints of one run; an approval is bound to it."""

    run: str = ""
    """The run that left them, by ID; empty where there are none."""
    sha256: str = ""
    """Of all names, contents and times."""
    count: int = 0
    """How many files there are."""
    size: int = 0
    """Bytes, all together."""
    left_out: int = 0
    """How many files there were besides, which were too many or too large to keep."""
    left_out_size: int = 0
    """Bytes of these."""

    def __bool__(self) -> bool:
        return self.count > 0


NO_CHECKPOINTS = Checkpoints()


@dataclass(frozen=True, slots=True)
class LeftFiles:
    """Checkpoints as a run left them; `left_out` counts files that were not kept, `left_out_size` their bytes."""

    files: tuple[CheckpointFile, ...] = ()
    left_out: int = 0
    left_out_size: int = 0

    def of(self, run: str) -> Checkpoints:
        return Checkpoints(
            run=run,
            sha256=digest(self.files) if self.files else "",
            count=len(self.files),
            size=sum(len(file.content) for file in self.files),
            left_out=self.left_out,
            left_out_size=self.left_out_size,
        )


NOTHING_LEFT = LeftFiles()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """What a program is validated with that goes on from an earlier run: its checkpoints, and the very packages of that run."""

    checkpoints: tuple[CheckpointFile, ...] = ()
    lock: Lock = NO_LOCK


FROM_THE_START = Resumed()


def acceptable(name: str) -> bool:
    """Whether a file may be put in place by this path: it leads nowhere else on any system."""
    parts = name.split("/")
    return (
        name.isprintable()
        and "\\" not in name
        and len(name.encode()) <= _NAME
        and len(parts) <= _DEEPEST
        and all(part not in {"", ".", ".."} and not ntpath.splitdrive(part)[0] for part in parts)
        and all(len(part.encode()) <= _PART for part in parts)
    )


def digest(files: Sequence[CheckpointFile]) -> str:
    """The sha256 that stands for exactly these files, in whatever order they come."""
    known = sorted((file.name, hashlib.sha256(file.content).hexdigest(), file.modified) for file in files)
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def packed(files: Sequence[CheckpointFile]) -> bytes:
    """A tar archive of them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for file in sorted(files, key=lambda file: file.name):
            entry = tarfile.TarInfo(file.name)
            entry.size, entry.mtime = len(file.content), file.modified / 1000
            archive.addfile(entry, io.BytesIO(file.content))
    return buffer.getvalue()


def unpacked(archive: bytes) -> tuple[CheckpointFile, ...]:
    """The files of such an archive. Raises ValueError for anything else."""
    files: list[CheckpointFile] = []
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as opened:
            for entry in opened:
                content = opened.extractfile(entry) if entry.isreg() else None
                if content is None or not acceptable(entry.name):
                    raise ValueError(entry.name)
                files.append(CheckpointFile(entry.name, content.read(), round(entry.mtime * 1000)))
    except tarfile.TarError as error:
        raise ValueError(str(error)) from None
    return tuple(files)
