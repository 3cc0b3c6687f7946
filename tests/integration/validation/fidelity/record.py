"""What an ordinary `python program.py` printed, written down: `python -m tests.integration.validation.fidelity.record`.

A run of each costs minutes, so only what changed is run; what is written down holds for the very text of a program and these versions of Python and Ray.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from services.domain.values import sha256
from tests.integration.validation.fidelity import reference
from tests.integration.validation.fidelity.reference import PROGRAMS, Ended, own_lines

RECORD = Path(__file__).with_name("record.json")
_LONG = 20_000
_VERSIONS = {"python": f"{sys.version_info.major}.{sys.version_info.minor}", "ray": version("ray")}


def recorded() -> dict[Path, Ended]:
    """The programs whose record holds here, and what they did."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    if record["versions"] != _VERSIONS:
        return {}
    found = ((path, record["programs"].get(path.stem)) for path in PROGRAMS)
    return {
        path: (reported["stdout"], reported["status"])
        for path, reported in found
        if reported and reported["code"] == _sha(path)
    }


async def _record() -> None:
    ended = recorded()
    with tempfile.TemporaryDirectory(prefix="r") as folder:
        stale = [path for path in PROGRAMS if path not in ended]
        async with reference.ordinary(stale, Path(folder)) as running:
            ended |= {path: await task for path, task in running.items()}
    programs = {
        path.stem: {"code": _sha(path), "stdout": own_lines(path, stdout), "status": status}
        for path, (stdout, status) in ended.items()
        if len(stdout) < _LONG
    }
    text = json.dumps({"versions": _VERSIONS, "programs": programs}, indent=1, sort_keys=True)
    RECORD.write_text(f"{text}\n", encoding="utf-8")


def _sha(path: Path) -> str:
    return sha256(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    asyncio.run(_record())
