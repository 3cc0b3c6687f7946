"""Files and folders named on the command line, as a program's inputs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from services.domain.errors import BadRequest
from services.domain.input_files import ROOM
from services.domain.values import InputFile
from services.text.formatting import human_bytes

_MOST = 500
_SKIPPED = {"__pycache__"}


def read(path: Path) -> list[InputFile]:
    """A file by its bare name; of a folder all files below it, by paths that begin with the folder's name.

    Hidden files and Python's caches in a folder are skipped. Raises BadRequest for anything but regular files, such as a
    symbolic link in a folder, and for too many or too large ones.
    """
    if not path.is_dir():
        return [InputFile(path.name, _content(path))]
    root = path.resolve()
    files: list[InputFile] = []
    room = ROOM
    for file in _below(root):
        files.append(InputFile(f"{root.name}/{file.relative_to(root).as_posix()}", _content(file)))
        room -= len(files[-1].content)
        if len(files) > _MOST or room < 0:
            raise BadRequest(
                f"The folder {path.name!r} has more than {_MOST} files or {human_bytes(ROOM)}; choose a smaller one."
            )
    if not files:
        raise BadRequest(f"The folder {path.name!r} has no files.")
    return files


def _below(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        for name in [*folders, *names]:
            if Path(folder, name).is_symlink():
                raise BadRequest(f"{Path(folder, name)} is a symbolic link: use what it points to.")
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise BadRequest(f"{path} isn't a regular file.")
    if path.stat().st_size > ROOM:
        raise BadRequest(f"{path} is larger than {human_bytes(ROOM)}.")
    return path.read_bytes()
