"""Checkpoints from a driver, read as what they are: names and contents of an untrusted program's making."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from services.domain.checkpoints import NOTHING_LEFT, CheckpointFile, LeftFiles, acceptable
from services.driver.fields import as_list, as_mapping, count
from services.driver.report import decode
from services.driver.wrapper.checkpoints import MOST, ROOM

_LATEST = 4_102_444_800_000  # the year 2100


def read_checkpoints(data: bytes | None) -> LeftFiles:
    """What a driver's watcher wrote, as far as it can be used; never raises.

    A file whose name or content can't be used counts as left out, as does one that stands in the way of another.
    """
    found = as_mapping(decode(data) if data else None)
    files: dict[str, CheckpointFile] = {}
    folders: set[str] = set()
    room, left = ROOM, count(found.get("left_out")) or 0
    left_size = count(found.get("left_out_bytes")) or 0
    listed = as_list(found.get("files"), MOST)
    for each in listed:
        file = _file(as_mapping(each))
        parents = _parents(file.name) if file else set[str]()
        if (
            file is None
            or len(file.content) > room
            or file.name in files
            or file.name in folders
            or parents & files.keys()
        ):
            left += 1
            left_size += len(file.content) if file else 0
            continue
        files[file.name] = file
        folders |= parents
        room -= len(file.content)
    return LeftFiles(tuple(files.values()), left, left_size) if found else NOTHING_LEFT


def _file(fact: Mapping[str, Any]) -> CheckpointFile | None:
    name, content, modified = (fact.get(key) for key in ("name", "content", "modified"))
    try:
        if not isinstance(name, str) or not isinstance(content, str) or not acceptable(name):
            return None
        written = count(modified) or 0
        return CheckpointFile(name, base64.b64decode(content, validate=True), min(written, _LATEST))
    except (binascii.Error, ValueError):
        return None


def _parents(name: str) -> set[str]:
    parts = name.split("/")
    return {"/".join(parts[:length]) for length in range(1, len(parts))}
