"""From a lock to a directory that Python imports from: exactly its files, by their hashes, and nothing that runs by itself."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from services.domain.errors import PackagesRefused
from services.domain.locks import Lock
from services.environments import contents, refusals, sandbox
from services.environments.interface import OnProgress
from services.environments.present import PYTHON, needed_by_ray
from services.environments.proxy import IndexProxy, Traffic
from services.environments.reporting import reporting
from services.environments.resolution import parsed
from services.environments.terms import Terms
from services.text.formatting import human_bytes


def verify(lock: Lock, terms: Terms) -> None:
    """Raises PackagesRefused when the lock is not for this Python, too large, or anything but versions with hashes."""
    if lock.python != PYTHON:
        raise PackagesRefused(
            f"Its packages were locked for Python {lock.python[:20]}, and programs run with Python {PYTHON} here."
            " Validate the program again."
        )
    try:
        pinned = [(each.name, each.version) for each in parsed(lock.requirements)]
    except ValueError:
        pinned = []
    if sorted(pinned) != sorted((each.name, each.version) for each in lock.packages):
        raise PackagesRefused("Its lock of packages is not valid. Validate the program again.")
    if lock.size > terms.max_size:
        raise PackagesRefused(refusals.too_large(lock.size, terms.max_size))


async def install(
    lock: Lock, terms: Terms, index: IndexProxy, work: Path, on_progress: OnProgress
) -> tuple[Path, tuple[str, ...]]:
    """The directory in `work` that the lock is installed in, and what was left out. Raises PackagesRefused."""
    (work / "lock.txt").write_text(lock.requirements, encoding="utf-8")
    traffic = Traffic(terms.max_size)
    command = [
        *(sandbox.UV, "pip", "install", "--python", sys.executable, "--target", "lib", "--no-deps"),
        *("--require-hashes", "--compile-bytecode", "--link-mode", "hardlink"),
        *([] if terms.builds else ["--no-build"]),
        *index.options,
        *("-r", "lock.txt"),
    ]
    known = all(each.size is not None for each in lock.packages) and lock.size > 0

    def progress() -> str:
        # Unpacking follows the download.
        return described(lock, min(traffic.received / lock.size, 0.99) if known else None)

    async with reporting(progress, on_progress):
        ran = await sandbox.run(
            [command],
            work=work,
            index=index,
            traffic=traffic,
            wall=terms.install_wall,
            room=terms.max_unpacked,
        )
    if ran.status != 0:
        raise PackagesRefused(refusals.sentence(refusals.Asked(ran, traffic, terms, terms.install_wall)))
    await on_progress(described(lock, 1.0 if known else None))
    lib = work / "lib"
    pins = needed_by_ray()
    own = {each.name for each in lock.packages if pins.get(each.name) == each.version}
    return lib, await asyncio.to_thread(contents.accept, lib, own)


def described(lock: Lock, share: float | None = None) -> str:
    """`Installing torch 2.15 (230 MB), 40%`; the largest package stands for all."""
    first = max(lock.packages, key=lambda each: each.size or 0)
    more = f" and {len(lock.packages) - 1} more" if len(lock.packages) > 1 else ""
    size = f" ({human_bytes(lock.size)})" if lock.size else ""
    percent = "" if share is None else f", {share:.0%}"
    return f"Installing {first.name} {first.version}{more}{size}{percent}"
