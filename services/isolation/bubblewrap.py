"""Arguments of bubblewrap that show a sandbox the system's programs and the interpreter, and keep the kernel's settings from it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin")
KERNEL = (
    "/proc/sys",
    "/proc/sysrq-trigger",
    "/proc/irq",
    "/proc/bus",
    "/proc/acpi",
    "/proc/scsi",
    "/proc/fs",
    "/proc/pressure",
)


def programs() -> Iterator[str]:
    """The system's directories and those of the interpreter, read-only, at their own paths."""
    for path in map(Path, _SYSTEM):
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))
    for root in interpreter_roots():
        yield from ("--ro-bind", str(root), str(root))


def kernel_settings() -> Iterator[str]:
    """Settings in /proc are read-only: a bot that runs as root would own them inside, too."""
    for path in KERNEL:
        yield from ("--ro-bind-try", path, path)


def interpreter_roots() -> list[Path]:
    """The directories that Python needs: the virtual environment and the installation behind it."""
    roots = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent}
    return sorted(root for root in roots if not any(root.is_relative_to(system) for system in _SYSTEM))
