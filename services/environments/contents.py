"""What may be in an installed environment: nothing that replaces Python's or Ray's own modules, or runs by itself."""

from __future__ import annotations

import csv
import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from services.domain.errors import PackagesRefused
from services.environments.present import protected

_MODULES = (".py", ".pyc", ".so")
_ANOTHER = "Use another version of it, or another package."


def accept(lib: Path, own: Collection[str] = ()) -> tuple[str, ...]:
    """Make `lib` read-only and remove what would run by itself, whose names are returned.

    The packages `own` may provide what is protected as theirs. Raises PackagesRefused, naming the package.
    """
    left_out: list[str] = []
    for path in _walk(lib):
        relative = path.relative_to(lib)
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise PackagesRefused(
                f"{_owner(lib, relative)} contains {_short(relative)}, which is neither a file nor a directory."
                f" {_ANOTHER}"
            )
        if len(relative.parts) == 1 and (path.suffix == ".pth" or path.name == ".lock"):
            path.unlink()
            if path.suffix == ".pth":
                left_out.append(_short(relative))
            continue
        if stat.S_ISREG(mode) and (replaced := _replaced(relative, own)):
            module, whose = replaced
            raise PackagesRefused(
                f"{_owner(lib, relative)} would replace the module {module.replace('/', '.')} of {whose}. {_ANOTHER}"
            )
        path.chmod(0o555 if stat.S_ISDIR(mode) or mode & 0o100 else 0o444)
    lib.chmod(0o555)
    return tuple(sorted(left_out))


def importable(lib: Path) -> frozenset[str]:
    """The top-level names that can be imported from `lib`."""
    found = {
        each.name.partition(".")[0] for each in lib.iterdir() if each.is_dir() or each.name.endswith(_MODULES)
    }
    return frozenset(name for name in found if name.isidentifier())


def _replaced(relative: Path, own: Collection[str]) -> tuple[str, str] | None:
    """The protected module that this file would be imported instead of, and whose it is.

    A directory without `__init__` gives way to a module of the same name further down the path.
    """
    if not relative.name.endswith(_MODULES):
        return None
    module = relative.with_name(relative.name.partition(".")[0])
    for name in (module, *([module.parent] if module.name == "__init__" else [])):
        whose = protected().get(name.as_posix(), "")
        if whose and whose not in own:
            return (module.parent if module.name == "__init__" else module).as_posix(), whose
    return None


def _walk(top: Path) -> Iterator[Path]:
    """Bottom up, so that a directory can be made read-only after what is in it; links are not followed."""
    for directory, directories, files in os.walk(top, topdown=False):
        for name in (*files, *directories):
            yield Path(directory, name)


def _owner(lib: Path, relative: Path) -> str:
    """The package that a file is from, by the records of installation."""
    for record in lib.glob("*.dist-info/RECORD"):
        with record.open(encoding="utf-8", errors="replace", newline="") as file:
            paths = {row[0] for row in csv.reader(file) if row}
        wanted = relative.as_posix()
        if wanted in paths or any(path.startswith(f"{wanted}/") for path in paths):
            return f"The package {record.parent.name.partition('-')[0][:100]}"
    return "A package"


def _short(path: Path) -> str:
    return path.as_posix().encode(errors="backslashreplace").decode()[:200]
