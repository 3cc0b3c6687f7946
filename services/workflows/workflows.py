"""The workflows of raygen as DBOS runs, checkpoints and recovers them.

A workflow's ID is derived from its cause, so a redelivered event or a double click
starts nothing new, and after a crash every unfinished workflow goes on from its last completed step.
Arguments and the results of steps are IDs and small JSON values, and workflows have names of their own, so that a release
in which code has moved carries on what an earlier one has begun.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from dbos import (
    DBOS,
    DBOSConfiguredInstance,
    SetEnqueueOptions,
    SetWorkflowID,
    StepOptions,
    WorkflowHandleAsync,
    WorkflowStatus,
)

from services.domain.entities import Session, Task, TaskStatus
from services.domain.errors import Outdated
from services.observability.incidents import sentence
from services.proposals.decisions import Decisions
from services.proposals.reminders import Reminders
from services.runs.steps import RunSteps
from services.store.in_hand import InHand
from services.store.retention import Retention
from services.tasks.steps import TaskSteps
from services.workflows.durability import CLASS, IDLE_POLL, NAME, TASK, closing, forget
from services.workflows.limits import PER_TARGET, PER_USER, Place, RunLimits
from services.workflows.steps import Steps

_log = logging.getLogger(__name__)

# How often a queue is looked at, in seconds: with limits a run starts half of it later on average.
_POLL = 0.1
_NO_LIMIT = 1_000_000
_DAY = 86_400.0
# Between two looks at what goes on for a workspace that has left.
_FIRST_PAUSE = 1.0
_LAST_PAUSE = 3600.0
# What only tells people is tried again for three hours, in which Slack may be away, a group not be had, and so on.
_PATIENCE: StepOptions = {
    "retries_allowed": True,
    "interval_seconds": 1.0,
    "backoff_rate": 2.0,
    "max_attempts": 15,
}
_FAILED = ["ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
# Of those three hours each.
_ATTEMPTS = 8
# Long after the last of them: what has failed before that is not looked at any more.
_GIVEN_UP = 3 * _DAY


Ending = Callable[[str, str], Coroutine[Any, Any, None]]
"""Ends what has that ID, with a sentence that says why."""


@DBOS.dbos_class(CLASS)
class Workflows(DBOSConfiguredInstance):
    """Starts and recovers tasks and runs.

    Without limits a run starts at once. With them its workflow shows that it waits, and a second workflow does the work
    in its turn: in the queue of its person, then in that of its target, each partitioned so that others don't wait for it.
    """

    def __init__(
        self,
        tasks: TaskSteps,
        runs: RunSteps,
        in_hand: InHand,
        *,
        decisions: Decisions,
        limits: RunLimits,
        retention: Retention,
        pending: Reminders,
    ) -> None:
        super().__init__(NAME)
        self._step = Steps(in_hand)
        self._pending = pending
        self._retention = retention
        self._tasks = tasks
        self._runs = runs
        self._decisions = decisions
        self._limits = limits

    async def begin_task(self, task: Task, session: Session) -> None:
        """Start working on a task; durable once this returns, and a no-op the second time."""
        await self._tasks.accept(task, session)
        with SetWorkflowID(task.id):
            await DBOS.start_workflow_async(self.task, task.id)

    async def begin_run(self, proposal_id: str) -> None:
        """Start the run of an approved proposal; durable once this returns, and a no-op the second time."""
        with SetWorkflowID(f"run:{proposal_id}"):
            if self._limits:
                await DBOS.start_workflow_async(self.run_in_turn, proposal_id)
            else:
                await DBOS.start_workflow_async(self.run, proposal_id)

    async def resume(self) -> None:
        """Open the queues, and start what was approved but lost its process before its workflow began."""
        await self._open_queues()
        await self._begin_runs()

    async def take_over(self, executor: str) -> None:
        """Go on with what a dead replica left unfinished; of several that do this at once, one gets each workflow."""
        # DBOS has no public name for this without its own control plane. It puts the workflows of that executor back into
        # their queues, guarded by the executor's name, so that nothing is taken from one that lives.
        recover = DBOS._recover_pending_workflows  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        await asyncio.to_thread(recover, [executor])
        await self._begin_runs()

    async def attend(self) -> None:
        """Expire what has waited too long, and remind approvers: each durable once this returns, and done once."""
        expired, late = await self._pending.due()
        # A proposal has expired at once, but its card may not say so yet.
        for proposal_id in dict.fromkeys([*expired, *await _failed("expire")]):
            if attempt := await _attempt(f"expire:{proposal_id}"):
                with SetWorkflowID(attempt):
                    await DBOS.start_workflow_async(self.expire, proposal_id)
        for proposal_id in late:
            if attempt := await _attempt(f"remind:{proposal_id}"):
                with SetWorkflowID(attempt):
                    await DBOS.start_workflow_async(self.remind, proposal_id)

    async def begin_asking(self, proposal_id: str, user: str) -> None:
        """Ask the approvers of a proposal, once. Raises Outdated and BadRequest where they can't be."""
        await self._pending.check(proposal_id)
        attempt = await _attempt(f"ask:{proposal_id}")
        if not attempt:
            raise Outdated(
                "Its approvers could not be reached; please ask one of them yourself."
                if await _has_failed(f"ask:{proposal_id}")
                else "Its approvers are being asked already."
            )
        with SetWorkflowID(attempt):
            await DBOS.start_workflow_async(self.ask, proposal_id, user)

    async def begin_cleaning(self, days: float) -> None:
        """Delete what is older than so many days; durable once this returns, and once a day however often it is asked."""
        now = time.time()
        with SetWorkflowID(f"clean:{time.strftime('%Y-%m-%d', time.gmtime(now))}"):
            await DBOS.start_workflow_async(self.clean, now - days * _DAY)

    async def begin_leaving(self, team: str, when: float) -> None:
        """Delete what a workspace has left that went away then (POSIX seconds); durable once this returns, and done once."""
        with SetWorkflowID(f"leave:{team}:{when:.0f}"):
            await DBOS.start_workflow_async(self.leave, team, when)

    async def _begin_runs(self) -> None:
        for proposal_id in await self._runs.unfinished():
            await self.begin_run(proposal_id)

    @DBOS.workflow(name=TASK)
    async def task(self, task_id: str) -> None:
        """From a request to its proposal or answer."""
        tasks = self._tasks
        try:
            if not await self._step("open", tasks.open, task_id):
                return
            await self._step("wait_for_turn", tasks.wait_for_turn, task_id)
            result = await self._step("work", tasks.work, task_id)
            await self._step("conclude", tasks.conclude, task_id, result)
            if result["status"] == TaskStatus.PROPOSED:
                approved = await self._step("approve", self._decisions.approve_at_once, task_id)
                if approved is not None:
                    await self.begin_run(approved)
        except Exception as error:  # noqa: BLE001  # the workflow's edge: whatever it is, the thread gets an answer
            await self._failed(tasks.fail, tasks.give_up, task_id, error)

    @DBOS.workflow(name="run")
    async def run(self, proposal_id: str) -> None:
        """From an approval to its posted result."""
        try:
            await self._step("open", self._runs.open, proposal_id)
        except Exception as error:  # noqa: BLE001  # the workflow's edge: whatever it is, the thread gets an answer
            await self._failed(self._runs.fail, self._runs.give_up, proposal_id, error)
        else:
            await self._carry_out(proposal_id)

    @DBOS.workflow(name="run_in_turn")
    async def run_in_turn(self, proposal_id: str) -> None:
        """From an approval to its turn, where `turn` takes over, or to its end if it is stopped before."""
        runs = self._runs
        try:
            await self._step("open", runs.open, proposal_id)
            places = await self._step("places", self._places, proposal_id)
            if places:
                await self._enqueue(proposal_id, places)
                came = await self._step("wait", self._wait, proposal_id, places)
            else:
                came = await self._step("begin", runs.begin_turn, proposal_id)
                if came:
                    await self._carry_out(proposal_id)
            if not came:
                await self._step("follow", runs.follow, proposal_id)
                await self._step("close", runs.close, proposal_id)
        except Exception as error:  # noqa: BLE001  # the workflow's edge: whatever it is, the thread gets an answer
            await self._failed(runs.fail, runs.give_up, proposal_id, error)

    @DBOS.workflow(name="turn")
    async def turn(self, proposal_id: str, places: list[Place]) -> None:
        """A run whose turn has come in one queue: it waits in the rest of them, and after the last it is carried out."""
        runs = self._runs
        try:
            if places:
                waiting = await self._enqueue(proposal_id, places)
                await waiting.get_result(polling_interval_sec=IDLE_POLL)
            elif await self._step("begin", runs.begin_turn, proposal_id):
                await self._carry_out(proposal_id)
        except Exception as error:  # noqa: BLE001  # the workflow's edge: whatever it is, the thread gets an answer
            await self._failed(runs.fail, runs.give_up, proposal_id, error)

    @DBOS.workflow(name="expire")
    async def expire(self, proposal_id: str) -> None:
        """Nobody can approve it any more, and its card says so."""
        await self._step("expire", self._pending.expire, proposal_id)
        await self._step("show", self._pending.show_expired, proposal_id, options=_PATIENCE)

    @DBOS.workflow(name="remind")
    async def remind(self, proposal_id: str) -> None:
        """Its approvers hear of it once more."""
        await self._step("remind", self._pending.remind, proposal_id, options=_PATIENCE)

    @DBOS.workflow(name="ask")
    async def ask(self, proposal_id: str, user: str) -> None:
        """Its approvers hear of it from somebody."""
        await self._step("ask", self._pending.ask, proposal_id, user, options=_PATIENCE)

    @DBOS.workflow(name="clean")
    async def clean(self, before: float) -> None:
        """Forget what was over by then (POSIX seconds): raygen's own records, then DBOS's of finished workflows."""
        await self._step("drop", self._forget, before)
        await self._step("forget", forget, before)

    @DBOS.workflow(name="leave")
    async def leave(self, team: str, when: float | None = None) -> None:
        """Stop what goes on for a workspace that went away then (POSIX seconds), and forget what it has left.

        As often as it takes, so that what had just come in goes, too.
        """
        pause = _FIRST_PAUSE
        while await self._step("drop", self._drop, team, when):
            await DBOS.sleep_async(pause)
            pause = min(2 * pause, _LAST_PAUSE)

    async def _failed(self, fail: Ending, give_up: Ending, subject: str, error: Exception) -> None:
        """Tell the thread; where that can't be done, it is over all the same, so that nothing waits for it.

        What fails while the process ends is left to the next one.
        """
        if closing():
            raise asyncio.CancelledError from error
        why = sentence(error)
        try:
            await self._step("fail", fail, subject, why)
        except Exception as another:  # noqa: BLE001  # telling may be what can't be done
            _log.error("%s is over, but the message to its thread failed: %s", subject, another)
            await self._step("give_up", give_up, subject, why)

    async def _forget(self, before: float) -> None:
        await self._retention.drop(before)

    async def _drop(self, team: str, when: float | None) -> bool:
        """Whether there was something, which takes another time."""
        try:
            before = await self._retention.until(team, when)
            dropped = await self._retention.drop_team(team, before)
            tasks, runs = await self._retention.going_on(team, before)
            for task_id in tasks:
                await self._tasks.cancel(task_id)
            for run in runs:
                await self._stop(run)
            return await self._retention.left(team, before) or dropped.tasks > 0
        except Exception as error:  # noqa: BLE001  # what is away, as the database or the artifact store, comes back
            _log.warning("what the workspace %s has left is not deleted yet: %s", team, error)
            return True

    async def _stop(self, run: str) -> None:
        try:
            await self._runs.stop(run, "")
        except Exception as error:  # noqa: BLE001  # a target that is out of reach is asked again the next time
            _log.info("the run %s is not stopped yet: %s", run, error)

    async def _carry_out(self, proposal_id: str) -> None:
        """The part of a run that limits apply to."""
        runs = self._runs
        try:
            await self._step("submit", runs.submit, proposal_id)
            await self._step("follow", runs.follow, proposal_id)
            await self._step("close", runs.close, proposal_id)
        except Exception as error:  # noqa: BLE001  # the workflow's edge: whatever it is, the thread gets an answer
            await self._failed(runs.fail, runs.give_up, proposal_id, error)

    async def _enqueue(self, proposal_id: str, places: list[Place]) -> WorkflowHandleAsync[None]:
        (queue, key), *rest = places
        with SetWorkflowID(f"run:{proposal_id}:{queue}"), SetEnqueueOptions(queue_partition_key=key):
            return await DBOS.enqueue_workflow_async(queue, self.turn, proposal_id, rest)

    async def _places(self, proposal_id: str) -> list[Place]:
        return self._limits.places(*await self._runs.belongs(proposal_id))

    async def _wait(self, proposal_id: str, places: list[Place]) -> bool:
        queues = {queue for queue, _ in places}
        return await self._runs.wait_for_turn(
            proposal_id, target=bool(queues - {PER_USER}), user=PER_USER in queues
        )

    async def _open_queues(self) -> None:
        limits = self._limits.queues()
        known = [queue.name for queue in await DBOS.list_queues_async()]
        for name in {*limits, *(each for each in known if each.startswith((PER_USER, PER_TARGET)))}:
            limit = limits.get(name)
            await DBOS.register_queue_async(
                name,
                # What waits in a queue whose limit was taken away goes on at once.
                partition_concurrency=limit or _NO_LIMIT,
                polling_interval_sec=_POLL if limit else IDLE_POLL,
                on_conflict="always_update",
            )


async def _attempt(name: str) -> str:
    """The ID of the next attempt at something that is done once; empty where one is under way, has succeeded, or all have failed."""
    before = await _attempts(name)
    if len(before) == _ATTEMPTS or any(each.status not in _FAILED for each in before):
        return ""
    return f"{name}:{len(before) + 1}" if before else name


async def _attempts(name: str) -> list[WorkflowStatus]:
    found = await DBOS.list_workflows_async(workflow_id_prefix=name, load_input=False, load_output=False)
    return [each for each in found if each.workflow_id == name or each.workflow_id.startswith(f"{name}:")]


async def _has_failed(name: str) -> bool:
    """Whether all attempts at something have."""
    return all(each.status in _FAILED for each in await _attempts(name))


async def _failed(kind: str) -> list[str]:
    """What attempts of this kind were about that have failed lately."""
    since = datetime.fromtimestamp(time.time() - _GIVEN_UP, UTC).isoformat()
    found = await DBOS.list_workflows_async(
        workflow_id_prefix=f"{kind}:", status=_FAILED, start_time=since, load_input=False, load_output=False
    )
    return [each.workflow_id.split(":")[1] for each in found]
