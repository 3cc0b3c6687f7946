"""What may go into a program's working directory beside the program."""

from __future__ import annotations

from collections.abc import Iterable

from services.errors import BadRequest
from services.model import InputFile
from services.output import human_bytes

ROOM = 64 * 1024**2
_LONGEST = 200
_TAKEN = {"program.py", "launch.py", "outputs", "raygen_driver"}


def checked(files: Iterable[InputFile]) -> tuple[InputFile, ...]:
    """The files themselves. Raises BadRequest that names the one which can't be an input, and why."""
    inputs = tuple(files)
    names: set[str] = set()
    for file in inputs:
        if why := _objection(file.name, names):
            raise BadRequest(f"The input file {file.name!r} {why}.")
        names.add(file.name)
    if sum(len(file.content) for file in inputs) > ROOM:
        raise BadRequest(f"The input files are larger than {human_bytes(ROOM)} together; leave some out.")
    return inputs


def _objection(name: str, others: set[str]) -> str:
    if not name or name.startswith(".") or "/" in name or not name.isprintable():
        return "needs a plain file name"
    if len(name.encode("utf-8", "replace")) > _LONGEST:
        return "has too long a name"
    if name in _TAKEN:
        return "has a name that raygen itself uses; rename it"
    return "is there twice; rename one of them" if name in others else ""
