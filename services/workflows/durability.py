"""DBOS itself: how it is opened on a database, launched and kept small."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from threading import Event

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from services.store import sqlite

# Workflows of an older release are carried on by a newer one; raise this when their steps change shape.
VERSION = "3"
NAME = "raygen"
# Stored with each workflow: where a class or a function is called otherwise one day, these stay.
CLASS = "Workflows"
TASK = "task"
# JSON in the database, so that no payload depends on where a class is, or on Python's pickle.
SERIALIZER = DBOSPortableJSONSerializer()
# How often a queue is looked at in which nothing is expected, in seconds.
IDLE_POLL = 1.0
# They are for statements of a millisecond. By default DBOS takes as many as there are requests, which with SQLite all wait
# for their turn to write, and stay for good.
_THREADS = 4
_BATCH = 500
# DBOS is one for each process, and so is this.
_closing = Event()
_OVER = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


@asynccontextmanager
async def durable(database_url: str, executor: str) -> AsyncGenerator[None]:
    """DBOS on `database_url`; launch it with `launch()` once every Workflows instance exists."""
    config: DBOSConfig = {
        "name": NAME,
        "system_database_url": database_url,
        "application_version": VERSION,
        "executor_id": executor,
        "serializer": SERIALIZER,
        "log_level": "WARNING",
        "max_executor_threads": _THREADS,
        "notification_listener_polling_interval_sec": 1.0,
    }
    engine = sqlite.for_threads(database_url) if database_url.startswith("sqlite") else None
    if engine is not None:
        config["system_database_engine"] = engine
    DBOS(config=config)
    _closing.clear()
    try:
        yield
    finally:
        _closing.set()
        await asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=0)
        if engine is not None:
            engine.dispose()
        # DBOS makes its own thread pool the loop's default and shuts it down; what closes after it needs one too.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())


def closing() -> bool:
    """Whether DBOS is being closed, or is closed: then nothing can be recorded, and no failure is one of the work."""
    return _closing.is_set()


def launch() -> None:
    """Begin, with whatever an earlier process left unfinished.

    Call it on the event loop that everything else lives on: recovered workflows run on the loop that launched them.
    """
    DBOS.launch()


async def forget(before: float) -> int:
    """Delete DBOS's records of the workflows that had ended by then; how many that were."""
    moment = datetime.fromtimestamp(before, UTC).isoformat()
    count = 0
    while found := await DBOS.list_workflows_async(
        status=_OVER, completed_before=moment, limit=_BATCH, load_input=False, load_output=False
    ):
        await DBOS.delete_workflows_async([each.workflow_id for each in found])
        count += len(found)
    return count
