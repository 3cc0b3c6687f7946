"""Checkpoints: what a program leaves in `outputs/checkpoints`, and what an earlier run of it has left there."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import stat
from collections.abc import Iterator
from typing import Any, NamedTuple

from .text import Facts

OUTPUTS = "outputs"
NAME = "checkpoints"
FOLDER = os.path.join(OUTPUTS, NAME)
TIMES = "checkpoints.json"
"""Beside this file: when each of the files that are in place at the start was written, in milliseconds since 1970."""

ROOM = 40 * 1024**2
MOST = 2000
_LOOKED_AT = 50_000
_DEEPEST = 16


class _Found(NamedTuple):
    """A file by its path below the folder, its size in bytes, and when it was written, in nanoseconds."""

    name: str
    size: int
    modified: int


def collect(here: str, room: int = ROOM, most: int = MOST) -> Facts:
    """The newest of the checkpoints below the directory `here` that fit, each folder's files together.

    Keys: files [{name, content (base64), modified (milliseconds)}], left_out (how many there are besides), left_out_bytes.
    Links are not followed, and what is no file is not read, so nothing outside of the folder is. Changes under way may be
    seen in part.
    """
    facts: Facts = {"files": [], "left_out": 0, "left_out_bytes": 0}
    with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
        top = _opened(here, stack)
        for group in _groups(list(_found(top))):
            size = sum(file.size for file in group)
            read = None
            if size <= room and len(group) <= most:
                read = [_read(top, file) for file in group]
            if read is None or None in read:
                facts["left_out"] += len(group)
                facts["left_out_bytes"] += size
                continue
            room, most = room - size, most - len(group)
            facts["files"] += read
    return facts


def set_times(here: str) -> None:
    """Give the checkpoints in place the times that they had, by which programs find the newest."""
    try:
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), TIMES), encoding="utf-8") as file:
            times = json.load(file)
    except OSError:
        return
    for name, modified in times.items():
        with contextlib.suppress(OSError):
            _set_time(os.path.join(here, FOLDER, name), modified)


def unpack(archive: str, here: str) -> None:
    """Put the files of a tar archive, whose names were checked before, in place below `here`."""
    import tarfile  # which runs don't need

    with tarfile.open(archive) as files:
        for member in files:
            content = files.extractfile(member)
            assert content is not None
            path = os.path.join(here, FOLDER, member.name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "xb") as file:
                file.write(content.read())
            _set_time(path, round(member.mtime * 1000))


def _set_time(path: str, modified: int) -> None:
    os.utime(path, ns=(modified * 1_000_000, modified * 1_000_000))


def point_train_at(here: str, constants: Any) -> None:
    """Have Ray Train and Tune keep there what a program names no storage path for; `constants` is `ray.train.constants`."""
    constants.DEFAULT_STORAGE_PATH = os.path.join(here, FOLDER)


def _opened(here: str, stack: contextlib.ExitStack) -> int:
    """A descriptor of the folder, none of whose own parts is a link. Raises OSError."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
    place = os.open(here, os.O_RDONLY | os.O_DIRECTORY)
    stack.callback(os.close, place)
    for part in (OUTPUTS, NAME):
        place = os.open(part, flags, dir_fd=place)
        stack.callback(os.close, place)
    return place


def _found(top: int) -> Iterator[_Found]:
    seen = 0
    for folder, folders, names, place in os.fwalk(".", dir_fd=top, follow_symlinks=False):
        if folder.count(os.sep) >= _DEEPEST:
            folders.clear()
        for name in names:
            seen += 1
            if seen > _LOOKED_AT:
                return
            with contextlib.suppress(OSError):
                status = os.stat(name, dir_fd=place, follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    path = os.path.normpath(os.path.join(folder, name))
                    yield _Found(path, status.st_size, status.st_mtime_ns)


def _groups(found: list[_Found]) -> list[list[_Found]]:
    """The files of each folder, and each file at the top, the newest first."""
    groups: dict[str, list[_Found]] = {}
    for file in sorted(found):
        groups.setdefault(os.path.dirname(file.name) or file.name, []).append(file)
    return sorted(groups.values(), key=lambda group: max(file.modified for file in group), reverse=True)


def _read(top: int, found: _Found) -> Facts | None:
    """A file as a fact; None where it can't be read, or has grown meanwhile."""
    with contextlib.ExitStack() as stack, contextlib.suppress(OSError, UnicodeEncodeError):
        found.name.encode()
        place = top
        *folders, name = found.name.split(os.sep)
        for folder in folders:
            place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=place)
            stack.callback(os.close, place)
        # Something that is no file any more must not hold this up.
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=place)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            content = file.read(found.size + 1)
        if len(content) > found.size:
            return None
        text = base64.b64encode(content).decode()
        return {"name": found.name, "content": text, "modified": found.modified // 1_000_000}
    return None
