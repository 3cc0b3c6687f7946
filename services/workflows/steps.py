"""One step of a workflow: carried out once, recorded, repeated while the disk is full, and not tried for ever."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar, TypeVarTuple

from dbos import DBOS, PortableWorkflowError, StepOptions

from services.domain.errors import PutAside, RaygenError, StorageFull
from services.store.in_hand import InHand

_log = logging.getLogger(__name__)

_POLL = 1.0
# How many processes in a row may end while they try the same step again. Somebody else may end them, too.
DEATHS = 9
# A step that has gone on for so many seconds is not what ends the process. The watch on a loop that stands still is no longer.
_PROBATION = 30.0
# For so many seconds a suspect is tried before the next one is.
_ALONE = 5.0
_REPEATED = ("expire:", "remind:", "ask:")

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
"""What a step may give: it is stored, and read again by a later release."""

T = TypeVar("T", bound=Json)
Arguments = TypeVarTuple("Arguments")


class Steps:
    """Carries out steps.

    A workflow that an earlier process has begun may be what ended it. Each of its steps is marked while it is in hand; one that
    was in hand when the last process ended, too, begins while no other such step does; and after `deaths` processes it is put
    aside: the step raises PutAside, now and whenever it is tried again.
    """

    def __init__(self, in_hand: InHand, deaths: int = DEATHS) -> None:
        self._in_hand = in_hand
        self._deaths = deaths
        self._alone = asyncio.Lock()

    async def __call__(
        self,
        name: str,
        function: Callable[[*Arguments], Coroutine[Any, Any, T]],
        *arguments: *Arguments,
        options: StepOptions | None = None,
    ) -> T:
        """What `function` gives; where it finds the disk full, it starts again until there is room.

        Raises PutAside. What an earlier process has stored of an error for people is a RaygenError with the same message.
        """
        workflow = DBOS.workflow_id or ""

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

        async def carried_out() -> T:
            repeated = workflow.startswith(_REPEATED)
            if not repeated and await _is_new(workflow):
                return await once_there_is_room()
            # Of these, another attempt is another workflow.
            about = ":".join(workflow.split(":")[:2]) if repeated else workflow
            return await self._with_care(f"{about}/{name}", once_there_is_room)

        try:
            return await DBOS.run_step_async({**(options or {}), "name": name}, carried_out)
        except PortableWorkflowError as stored:
            if stored.code == RaygenError.code:
                raise RaygenError(stored.message) from stored
            raise

    async def _with_care(self, subject: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        deaths = await self._in_hand.deaths(subject)
        if deaths >= self._deaths:
            _log.error("%s is put aside: the process has ended each time that it was tried", subject)
            raise PutAside
        if not deaths:
            return await self._marked(subject, work)
        async with self._alone:
            working = asyncio.create_task(self._marked(subject, work))
            try:
                await asyncio.wait({working}, timeout=_ALONE)
            except asyncio.CancelledError:
                working.cancel()
                raise
        return await working

    async def _marked(self, subject: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        await self._in_hand.take(subject)
        going = asyncio.create_task(self._surviving(subject))
        try:
            return await work()
        finally:
            going.cancel()
            await self._in_hand.done(subject)

    async def _surviving(self, subject: str) -> None:
        await asyncio.sleep(_PROBATION)
        await self._in_hand.done(subject)


async def _is_new(workflow: str) -> bool:
    """Whether no other process has begun it; then it needs no marks, of which each costs two writes."""
    status = await DBOS.get_workflow_status_async(workflow)
    return status is not None and (status.recovery_attempts or 0) <= 1
