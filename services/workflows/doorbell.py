"""How a process that carries out no workflow has one begun."""

from __future__ import annotations

import asyncio

from dbos import (
    DBOSClient,
    EnqueueOptions,
)
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from services.domain.entities import Session, Task
from services.domain.errors import RaygenError, StorageFull
from services.store.disk import disk_of, is_full
from services.store.requests import Requests
from services.workflows.durability import CLASS, IDLE_POLL, NAME, SERIALIZER, TASK, VERSION

_FROM_OUTSIDE = "raygen-from-outside"


class Closed(RaygenError):
    """No raygen has worked on this database yet; start one with `raygen start` and the same settings."""


class Doorbell:
    """Begins tasks from a process that carries out none: whichever bot works on this database takes them in."""

    def __init__(self, database_url: str, requests: Requests) -> None:
        self._database_url = database_url
        self._requests = requests
        self._disk = disk_of(make_url(database_url))

    async def begin_task(self, task: Task, session: Session) -> None:
        """Durable once this returns, and a no-op the second time. Raises Closed where no bot has ever worked."""
        await self._requests.put(task, session)
        try:
            await asyncio.to_thread(self._enqueue, task.id)
        except Exception:
            await self._requests.drop(task.id)
            raise

    def _enqueue(self, task_id: str) -> None:
        options: EnqueueOptions = {
            "workflow_name": TASK,
            "class_name": CLASS,
            "instance_name": NAME,
            "queue_name": _FROM_OUTSIDE,
            "workflow_id": task_id,
            "app_version": VERSION,
        }
        try:
            client = DBOSClient(
                system_database_url=self._database_url,
                application_name=NAME,
                retry_connection_errors=False,
                serializer=SERIALIZER,
            )
            try:
                # Bots find the queue by themselves; where nobody rings, none is looked at.
                client.register_queue(_FROM_OUTSIDE, polling_interval_sec=IDLE_POLL)
                client.enqueue(options, task_id)
            finally:
                client.destroy()
        except SQLAlchemyError as error:
            if isinstance(error, DBAPIError) and is_full(error.orig, self._disk):
                raise StorageFull from error
            raise Closed from error
