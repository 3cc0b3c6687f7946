"""Finds the files in a program's working directory, off the event loop."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from services.domain.filenames import importable
from services.domain.modules import companions, modules
from services.domain.parser_process import run_isolated
from services.domain.values import InputFile


async def companions_of(code: str, files: Sequence[InputFile]) -> tuple[InputFile, ...]:
    """Like `services.domain.modules.companions`; also raises TooComplex."""
    own = modules(files)
    if not own:
        return tuple(files)
    chosen = await run_isolated(partial(companions, files=own), code, size=sizes(code, own))
    names = {file.name for file in chosen}
    return tuple(file for file in files if not importable(file.name) or file.name in names)


def sizes(code: str, files: Sequence[InputFile]) -> int:
    """How much there is to read, about in characters."""
    return len(code) + sum(len(file.content) for file in files)
