"""One step of a workflow: carried out once, recorded, and repeated while the disk is full."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, TypeVarTuple

from dbos import DBOS, StepOptions

from services.errors import StorageFull

_log = logging.getLogger(__name__)

_POLL = 1.0

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


async def step(
    name: str,
    function: Callable[[*Arguments], Coroutine[Any, Any, T]],
    *arguments: *Arguments,
    options: StepOptions | None = None,
) -> T:
    """What `function` gives; where it finds the disk full, it starts again until there is room."""

    async def once_there_is_room() -> T:
        waited = False
        while True:
            try:
                return await function(*arguments)
            except StorageFull:
                if not waited:
                    _log.error("the disk is full: the step %s waits for room", name)
                waited = True
                await asyncio.sleep(_POLL)

    return await DBOS.run_step_async({**(options or {}), "name": name}, once_there_is_room)
