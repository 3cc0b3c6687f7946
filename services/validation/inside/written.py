"""What a program has written to its data connections: process 1 lets them be looked at once the program has ended.

The files are the program's, so they are read by a child that can harm nothing, within limits, and what it says is data.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import process

PLACE = Path("/tmp/data")  # noqa: S108  # the sandbox's own
SAMPLES = Path("/data")
_LIMIT = 5.0
_ANSWER = 64 * 1024
_FILES = 10_000
_READ = 50
_COLUMNS = 100


def lay_out(written: dict[str, str]) -> None:
    """Make the places anew: a copy of the sample where there is one, else an empty folder, or the folder of a file to be."""
    for name, root in written.items():
        place, sample = PLACE / name, SAMPLES / name
        shutil.rmtree(place, ignore_errors=True)
        if sample.is_dir():
            shutil.copytree(sample, place, copy_function=shutil.copyfile)
            continue
        folder = place / root
        (folder.parent if folder.suffix else folder).mkdir(parents=True, exist_ok=True)


def described(written: dict[str, str]) -> list[Any]:
    """What is there now, an object for each place; nothing where it can't be said in time."""
    if not written:
        return []
    reading, writing = os.pipe()
    pid = process.fork(lambda: _describe(list(written), writing), keep=(writing,))
    os.close(writing)
    os.set_blocking(reading, False)
    found, end = b"", time.monotonic() + _LIMIT
    while time.monotonic() < end and len(found) < _ANSWER:
        try:
            piece = os.read(reading, _ANSWER)
        except BlockingIOError:
            time.sleep(0.002)
            continue
        if not piece:
            break
        found += piece
    os.close(reading)
    process.signal_one(pid, signal.SIGKILL)
    try:
        places: list[Any] = json.loads(found)
    except ValueError:
        return []
    return places


def _describe(names: list[str], writing: int) -> None:
    found = json.dumps([_place(name) for name in names]).encode()
    while found:
        found = found[os.write(writing, found) :]


def _place(name: str) -> dict[str, Any]:
    files = [path for path in _files(PLACE / name) if _is_new(path, name)]
    size = sum(path.lstat().st_size for path in files)
    read = [table for path in files[:_READ] if (table := _table(path)) is not None]
    rows = (
        sum(count for count, _ in read)
        if len(read) == len([path for path in files if _is_data(path)])
        else None
    )
    columns = list(dict.fromkeys(column for _, columns in read for column in columns))[:_COLUMNS]
    return {
        "name": name,
        "files": len(files),
        "size": size,
        "rows": rows if read else None,
        "columns": columns,
    }


def _files(place: Path) -> Iterator[Path]:
    """Regular files, without following links, up to a limit."""
    if os.path.realpath(place) != str(place):
        return
    count = 0
    for folder, _, names in os.walk(place):
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_symlink() or not path.is_file():
                continue
            count += 1
            if count > _FILES:
                return
            yield path


def _is_new(path: Path, name: str) -> bool:
    """Whether it is no file of the sample as it was."""
    before = SAMPLES / name / path.relative_to(PLACE / name)
    try:
        return before.lstat().st_size != path.lstat().st_size or before.read_bytes() != path.read_bytes()
    except OSError:
        return True


def _is_data(path: Path) -> bool:
    """Whether it is no file of a table's bookkeeping, such as Delta's log."""
    return not any(part.startswith(("_", ".")) or part == "metadata" for part in path.parts[3:])


def _table(path: Path) -> tuple[int, list[str]] | None:
    """Its rows and columns; None for what is no table, or can't be read."""
    if not _is_data(path):
        return None
    name = path.name.lower().removesuffix(".gz")
    try:
        if name.endswith(".parquet"):
            from pyarrow import parquet

            file = parquet.ParquetFile(path)
            return file.metadata.num_rows, file.schema_arrow.names
        if name.endswith(".csv"):
            from pyarrow import csv

            table = csv.read_csv(path)
        elif name.endswith((".json", ".jsonl", ".ndjson")):
            import pyarrow.json as lines

            table = lines.read_json(path)
        else:
            return None
    except Exception:  # noqa: BLE001  # whatever a file makes of a reader
        return None
    return table.num_rows, table.column_names
