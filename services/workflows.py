"""Durable work: the two workflows of raygen as DBOS runs, checkpoints and recovers them.

Only this module knows DBOS. A workflow's ID is derived from its cause, so a redelivered event or a double click
starts nothing new, and after a crash every unfinished workflow goes on from its last completed step.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from dbos import DBOS, DBOSConfig, DBOSConfiguredInstance, SetWorkflowID

from services.errors import RaygenError
from services.records import Session, Task
from services.runs import RunDesk
from services.tasks import Result, TaskDesk

_log = logging.getLogger(__name__)

# Workflows of an older release are carried on by a newer one; raise this when their steps change shape.
VERSION = "1"
# They are for statements of a millisecond. By default DBOS takes as many as there are requests, which then all wait for
# SQLite's one lock, the newest as long as the oldest, and stay for good.
_THREADS = 4


@DBOS.dbos_class()
class Workflows(DBOSConfiguredInstance):
    """Starts and recovers tasks and runs."""

    def __init__(self, tasks: TaskDesk, runs: RunDesk) -> None:
        super().__init__("raygen")
        self._tasks = tasks
        self._runs = runs

    async def begin_task(self, task: Task, session: Session) -> None:
        """Start working on a task; durable once this returns, and a no-op the second time."""
        with SetWorkflowID(task.id):
            await DBOS.start_workflow_async(self.task, task, session)

    async def begin_run(self, proposal_id: str) -> None:
        """Start the run of an approved proposal; durable once this returns, and a no-op the second time."""
        with SetWorkflowID(f"run:{proposal_id}"):
            await DBOS.start_workflow_async(self.run, proposal_id)

    async def resume(self) -> None:
        """Start what was approved but lost its process before its workflow began."""
        for proposal_id in await self._runs.unfinished():
            await self.begin_run(proposal_id)

    @DBOS.workflow()
    async def task(self, task: Task, session: Session) -> None:
        """From a request to its proposal or answer."""
        desk = self._tasks
        try:
            await DBOS.run_step_async({"name": "open"}, desk.open, task, session)
            await DBOS.run_step_async({"name": "wait_for_turn"}, desk.wait_for_turn, task.id)
            result: Result = await DBOS.run_step_async({"name": "work"}, desk.work, task.id)
            await DBOS.run_step_async({"name": "conclude"}, desk.conclude, task.id, result)
        except Exception as error:  # noqa: BLE001  # the workflow's edge: whatever it is, the thread gets an answer
            await DBOS.run_step_async({"name": "fail"}, desk.fail, task.id, _sentence(error))

    @DBOS.workflow()
    async def run(self, proposal_id: str) -> None:
        """From an approval to its posted result."""
        desk = self._runs
        try:
            await DBOS.run_step_async({"name": "open"}, desk.open, proposal_id)
            await DBOS.run_step_async({"name": "submit"}, desk.submit, proposal_id)
            await DBOS.run_step_async({"name": "follow"}, desk.follow, proposal_id)
            await DBOS.run_step_async({"name": "close"}, desk.close, proposal_id)
        except Exception as error:  # noqa: BLE001  # the workflow's edge: whatever it is, the thread gets an answer
            await DBOS.run_step_async({"name": "fail"}, desk.fail, proposal_id, _sentence(error))


@asynccontextmanager
async def durable(database_url: str, executor: str) -> AsyncGenerator[None]:
    """DBOS on `database_url`; launch it with `launch()` once every Workflows instance exists."""
    config: DBOSConfig = {
        "name": "raygen",
        "system_database_url": database_url,
        "application_version": VERSION,
        "executor_id": executor,
        "log_level": "WARNING",
        "max_executor_threads": _THREADS,
        "notification_listener_polling_interval_sec": 1.0,
    }
    DBOS(config=config)
    try:
        yield
    finally:
        await asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=0)
        # DBOS makes its own thread pool the loop's default and shuts it down; what closes after it needs one too.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())


def launch() -> None:
    """Begin, with whatever an earlier process left unfinished.

    Call it on the event loop that everything else lives on: recovered workflows run on the loop that launched them.
    """
    DBOS.launch()


def _sentence(error: Exception) -> str:
    if isinstance(error, RaygenError):
        return error.public
    incident = secrets.token_hex(4)
    _log.exception("incident %s", incident, exc_info=error)
    return f"Something went wrong on our side. Please try again, or tell us incident {incident}."
