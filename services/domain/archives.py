"""Zip archives and folders of projects, as the files of a program. Their contents are hostile: names, sizes and structure."""

from __future__ import annotations

import io
import stat
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from services.domain.errors import BadRequest
from services.domain.values import InputFile
from services.text.formatting import human_bytes, plural

SUFFIX = ".zip"
MOST = 500
"""The most files that are taken from one archive or folder."""

_ENTRIES = 20_000
_RATIO = 200
_FREE = 1024**2
_PIECE = 65_536
_NAMED = 6
_FOLDERS = frozenset({"__MACOSX", "__pycache__", "node_modules", "venv", "site-packages"})
# Settings of tools, which a program has no use for and which no input file may be called.
_FILES = frozenset(
    str.split("pyproject.toml setup.cfg uv.toml pip.conf conftest.py Thumbs.db desktop.ini pyvenv.cfg")
)
_ENDS = (".pyc", ".pyo", ".egg-info", ".dist-info")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The files of an archive by their names below its only top folder, and a sentence on what was left out, if anything."""

    files: tuple[InputFile, ...]
    note: str = ""


def is_zip(name: str, content: bytes) -> bool:
    """Whether a file that people share is an archive of a project; other files that are zips inside stay data."""
    return name.lower().endswith(SUFFIX) and content[:2] == b"PK"


def left_out(path: str) -> str:
    """By which part of it a file of a project is no part of a program, such as `.git`; empty where it is one."""
    *folders, last = path.split("/")
    for folder in folders:
        if folder.startswith(".") or folder in _FOLDERS or folder.endswith(_ENDS):
            return folder
    return last if last.startswith(".") or last in _FILES or last.endswith(_ENDS) else ""


def unpack(content: bytes, *, name: str, total: int) -> Unpacked:
    """The files of a zip archive, of at most `total` bytes together. An archive in it stays as it is.

    Raises BadRequest, with `name` in its sentence, for one that is damaged, encrypted or larger than that, for links, and for
    names that lead out of it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _unpacked(archive, name, total)
    except BadRequest:
        raise
    except Exception:  # noqa: BLE001  # whatever zipfile and its decompressors trip over in a stranger's file
        raise BadRequest(f"{name} is not a valid zip archive. Create it again.") from None


def named(files: Iterable[InputFile], gone: Counter[str]) -> Unpacked:
    """These files without their only top folder unless it is a package; `gone` counts what was left out."""
    found = tuple(sorted(files, key=lambda file: file.name))
    names = {file.name for file in found}
    tops = {name.partition("/")[0] for name in names}
    if (
        len(tops) == 1
        and all("/" in name for name in names)
        and f"{(top := tops.pop())}/__init__.py" not in names
    ):
        found = tuple(InputFile(file.name.removeprefix(f"{top}/"), file.content) for file in found)
    listed = [
        f"{part} ({plural(count, 'file')})" if count > 1 else part for part, count in sorted(gone.items())
    ]
    more = f" and {len(listed) - _NAMED:,} more" if len(listed) > _NAMED else ""
    return Unpacked(found, f"left out: {', '.join(listed[:_NAMED])}{more}" if listed else "")


def _unpacked(archive: zipfile.ZipFile, name: str, total: int) -> Unpacked:
    entries = archive.infolist()
    if len(entries) > _ENTRIES:
        raise BadRequest(f"{name} has {len(entries):,} entries, more than raygen reads. Share fewer files.")
    gone: Counter[str] = Counter()
    chosen: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        path = _path(entry, name)
        if entry.is_dir():
            continue
        if part := left_out(path):
            gone[part] += 1
        elif path in chosen:
            raise BadRequest(f"{name} has the file {path!r} twice. Create it again.")
        else:
            chosen[path] = entry
    if not chosen:
        raise BadRequest(f"{name} has no files that a program could use.")
    if len(chosen) > MOST:
        raise BadRequest(f"{name} has {len(chosen):,} files. The limit is {MOST}.")
    files: list[InputFile] = []
    room = total
    for path, entry in chosen.items():
        content = _content(archive, entry, name, room)
        if content is None:
            raise BadRequest(f"{name} has more than {human_bytes(total)} unpacked. Share fewer files.")
        files.append(InputFile(path, content))
        room -= len(files[-1].content)
    return named(files, gone)


def _path(entry: zipfile.ZipInfo, name: str) -> str:
    """The place of an entry below the archive's top. Raises BadRequest for what is no plain file or folder in it."""
    # As it stands in the archive: zipfile cuts `filename` at a NUL and turns backslashes on Windows.
    path = entry.orig_filename
    parts = path.rstrip("/").split("/")
    if (
        path.startswith("/")
        or "\\" in path
        or "\0" in path
        or ":" in parts[0]
        or {"", ".", ".."} & set(parts)
    ):
        raise BadRequest(f"{name} has an entry that leads out of it: {path[:100]!r}. Create it again.")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise BadRequest(
            f"{name} has a link or special file: {path[:100]!r}. Replace it by what it points to."
        )
    if entry.flag_bits & 0x1:
        raise BadRequest(f"{name} is encrypted. Share it without a password.")
    return path


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, room: int) -> bytes | None:
    """What really comes out of it, whatever size it claims; None for more than `room`."""
    content = bytearray()
    with archive.open(entry) as file:
        while piece := file.read(_PIECE):
            content += piece
            if len(content) > room:
                return None
            if len(content) > _FREE and len(content) > _RATIO * max(entry.compress_size, 1):
                raise BadRequest(
                    f"{name} unpacks {entry.filename[:100]!r} to more than {_RATIO} times its size, so it wasn't read."
                )
    return bytes(content)
