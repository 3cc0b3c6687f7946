"""Whether Spark programs can be validated: they run in a session of their own, in the seal, on the local machine's Java."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

NOT_HERE = "Spark programs are only run in the sealed validation"
_SEEN = (Path("/usr"), Path("/lib"))


def lacking() -> str:
    """What is missing for it, as a clause for people; empty when nothing is."""
    if importlib.util.find_spec("pyspark") is None:
        return "the package `pyspark` is not installed here"
    java = shutil.which("java")
    if java is None:
        return "Java is not installed here"
    if not any(Path(java).resolve().is_relative_to(place) for place in _SEEN):
        return "Java is installed outside /usr, so it is not visible in the sandbox"
    return ""
