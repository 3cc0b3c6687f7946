"""What a benchmark ran on, as far as it explains the figures."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from importlib.util import cache_from_source, find_spec
from pathlib import Path

from bot.bench.figures import Machine


def describe() -> Machine:
    """Processors, memory in bytes, and versions; `bytecode` says whether Ray was compiled at install."""
    return {
        "processors": len(os.sched_getaffinity(0)),
        "processor": _first(r"model name\s*: (.+)", Path("/proc/cpuinfo")),
        "memory": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "ray": version("ray"),
        "bytecode": _compiled("ray"),
    }


def _first(pattern: str, file: Path) -> str:
    found = re.search(pattern, file.read_text(errors="replace"))
    return " ".join(found[1].split()) if found else "unknown"


def _compiled(package: str) -> bool:
    spec = find_spec(package)
    return spec is not None and spec.origin is not None and Path(cache_from_source(spec.origin)).exists()
