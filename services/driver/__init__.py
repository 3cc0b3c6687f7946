"""The driver wrapper: one way to execute a program, in a validation and in a run."""

from __future__ import annotations

from pathlib import Path

PACKAGE = "raygen_driver"
ARGUMENTS = "arguments.json"
"""In the package: what the program gets on its command line, which no shell ever sees."""
TIMES = "checkpoints.json"
"""In the package: when each checkpoint that is in place was written, in milliseconds since 1970, by its name."""
SECRETS = "secrets.json"
"""In the package: one half of the secrets of a run, which is nothing without the other."""
SOURCE = Path(__file__).parent / "wrapper"


def driver_files() -> dict[str, bytes]:
    """The wrapper as files of a job's working directory, by path."""
    return {f"{PACKAGE}/{file.name}": file.read_bytes() for file in sorted(SOURCE.glob("*.py"))}
