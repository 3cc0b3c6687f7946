"""What happened around a run that its output doesn't show: nodes and workers that were lost, actors that would not end."""

from __future__ import annotations

import contextlib

from services.domain.errors import RaygenError
from services.execution.api import RayApi
from services.execution.wire import JobDetails
from services.text.formatting import plural

_NOTICED_AFTER = 2.0
_LOST = frozenset(
    {"WORKER_DIED", "NODE_DIED", "ACTOR_DIED", "LOCAL_RAYLET_DIED", "OBJECT_LOST", "OUT_OF_MEMORY"}
)


async def remarks(api: RayApi, details: JobDetails, *, left: int, failures: bool) -> tuple[str, ...]:
    """Whole sentences about a job that has ended, mostly none.

    `left` is how many of its detached actors could not be ended with it. Tasks are asked for, which is dear where
    there are thousands, only with `failures` or when a node was lost.
    """
    sentences = [_leftovers(left)] if left else []
    lasted = details.ran(details.start_time)
    if lasted is not None and lasted > _NOTICED_AFTER:
        # If the cluster doesn't report losses, none are named.
        with contextlib.suppress(RaygenError, LookupError, TypeError, ValueError, AttributeError):
            sentences += await _losses(api, details, failures=failures)
    return tuple(sentences)


async def _losses(api: RayApi, details: JobDetails, *, failures: bool) -> list[str]:
    nodes = sum(
        node.lost_between(details.start_time, details.end_time or details.seen) for node in await api.nodes()
    )
    sentences = [f"{_nodes(nodes)} lost while this ran."] if nodes else []
    if details.job_id is None or not (nodes or failures):
        return sentences
    tasks = await api.failed_tasks(details.job_id)
    lost = {task.task_id for task in tasks if task.error_type in _LOST}
    if lost:
        again = lost & await api.repeated_tasks(details.job_id)
        sentence = f"{plural(len(lost), 'task')} lost {'its' if len(lost) == 1 else 'their'} worker"
        sentences.append(f"{sentence}; {_again(len(lost), len(again))}.")
    return sentences


def _again(lost: int, again: int) -> str:
    if not again:
        return "Ray did not run it again" if lost == 1 else "Ray ran none of them again"
    if again == lost:
        return "Ray ran it again" if lost == 1 else "Ray ran them again"
    return f"Ray ran {again} of them again"


def _nodes(count: int) -> str:
    return "A node of the cluster was" if count == 1 else f"{count} nodes of the cluster were"


def _leftovers(left: int) -> str:
    actors = "One of its detached actors" if left == 1 else f"{left} of its detached actors"
    return f"{actors} could not be stopped and may still use the cluster."
