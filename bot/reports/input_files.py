"""Files and folders named on the command line, as a program's inputs."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from services.domain import archives, projects
from services.domain.archives import MOST, Unpacked
from services.domain.companion_files import companions_of
from services.domain.errors import BadRequest
from services.domain.input_files import DEFAULT, InputLimits
from services.domain.projects import Project
from services.domain.values import InputFile
from services.text.formatting import human_bytes, plural

_SKIPPED = {"__pycache__"}


async def program(path: Path, chosen: str = "", limits: InputLimits = DEFAULT) -> Project:
    """The program that a Python file or notebook is, or that is among the files of a zip archive or folder.

    Of the other Python files there it has those that it imports. Raises BadRequest where there is none, WhichProgram where
    it might be any of several and none is `chosen`, and TooComplex.
    """
    if await asyncio.to_thread(path.is_dir):
        found = await asyncio.to_thread(_project_folder, path, limits)
    else:
        content = _content(path, limits)
        if not archives.is_zip(path.name, content):
            file = InputFile(path.name, content)
            # A program may have any name, as Python runs it.
            converted = await projects.plain(projects.text_of(file), path.name)
            return Project(path.name, converted.code, (), (converted.note,) if converted.note else ())
        found = await projects.unpacked(content, name=path.name, total=int(limits.total))
    made = await projects.project(found.files, chosen)
    files = await companions_of(made.code, made.files)
    beside = f" with {plural(len(files), 'file')}" if files else ""
    left_out = f"; {found.note}" if found.note else ""
    return Project(
        made.name, made.code, files, (f"From {path.name}: {made.name}{beside}{left_out}.", *made.notes)
    )


def _project_folder(path: Path, limits: InputLimits) -> Unpacked:
    root = path.resolve()
    gone: Counter[str] = Counter()
    files: list[InputFile] = []
    room = limits.total
    for folder, folders, names in os.walk(root):
        below = Path(folder).relative_to(root)
        for name in sorted(folders):
            if part := archives.left_out((below / name / "x").as_posix()):
                folders.remove(name)
                gone[part] += 1
        folders.sort()
        for name in [*folders, *sorted(names)]:
            place = below / name
            if part := archives.left_out(place.as_posix()):
                gone[part] += 1
                continue
            if (root / place).is_symlink():
                raise BadRequest(f"{root / place} is a symbolic link: use what it points to.")
            if name in folders:
                continue
            files.append(InputFile(f"{root.name}/{place.as_posix()}", _content(root / place, limits)))
            room -= len(files[-1].content)
            if len(files) > MOST or room < 0:
                raise BadRequest(_too_much(path, limits))
    return archives.named(files, gone)


def read(path: Path, limits: InputLimits = DEFAULT) -> list[InputFile]:
    """A file by its bare name; of a folder all files below it, by paths that begin with the folder's name.

    Hidden files and Python's caches in a folder are skipped. Raises BadRequest for anything but regular files, such as a
    symbolic link in a folder, and for too many or too large ones.
    """
    if not path.is_dir():
        return [InputFile(path.name, _content(path, limits))]
    root = path.resolve()
    files: list[InputFile] = []
    room = limits.total
    for file in _below(root):
        files.append(InputFile(f"{root.name}/{file.relative_to(root).as_posix()}", _content(file, limits)))
        room -= len(files[-1].content)
        if len(files) > MOST or room < 0:
            raise BadRequest(_too_much(path, limits))
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


def _too_much(path: Path, limits: InputLimits) -> str:
    return f"The folder {path.name!r} has more than {MOST} files or {human_bytes(limits.total)}; choose a smaller one."


def _content(path: Path, limits: InputLimits) -> bytes:
    if not path.is_file():
        raise BadRequest(f"{path} isn't a regular file.")
    if path.stat().st_size > limits.upload:
        raise BadRequest(f"{path} is larger than {human_bytes(limits.upload)}.")
    return path.read_bytes()
