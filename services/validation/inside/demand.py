# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportAttributeAccessIssue=false
# Ray is untyped here.
"""What waits in Ray's own books during an attempt: requests that this cluster can never grant, and finished tasks.

A child of process 1 asks the GCS, so that nothing rests on what the program's process says.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from typing import Any

from . import cluster, process

_EVERY = 0.5
_TASKS_AFTER = 5.0
_TASKS_EVERY = 2.0
_TASKS = 10_000
_LIMIT = 3


def watch() -> tuple[int, int]:
    """Start it; its process ID, and a descriptor that gives a note in JSON in each line."""
    reading, writing = os.pipe()
    pid = process.fork(lambda: _watch(writing), keep=(writing,))
    os.close(writing)
    return pid, reading


def _watch(writing: int) -> None:
    process.shield()
    from ray._raylet import GcsClient
    from ray.core.generated import autoscaler_pb2

    client = GcsClient(address=cluster.GCS)
    counted = time.monotonic() + _TASKS_AFTER
    before: dict[str, Any] | None = None
    finished = 0
    tasks: _Tasks | None = None
    while True:
        with contextlib.suppress(Exception):  # a GCS that is busy answers next time
            reply = autoscaler_pb2.GetClusterResourceStateReply()
            reply.ParseFromString(client.get_cluster_resource_state())
            found = infeasible(reply.cluster_resource_state)
            if found and found == before:  # a request that is taken back at once is none
                _note(writing, "infeasible", found)
            before = found
            if time.monotonic() - counted > _TASKS_EVERY:
                tasks, counted = tasks or _Tasks(), time.monotonic()
                if (count := tasks.finished()) != finished:
                    finished = count
                    _note(writing, "finished", count)
        time.sleep(_EVERY)


def infeasible(state: Any) -> dict[str, Any] | None:
    """The first request that no node of the cluster could grant even if it were idle.

    `what` is `task` or the strategy of a placement group, `asked` the amounts together, `has` the largest node's, and
    `nodes` how many different nodes it takes.
    """
    totals = [dict(node.total_resources) for node in state.node_states]
    if not totals:
        return None
    has = {name: max(total.get(name, 0.0) for total in totals) for total in totals for name in total}
    for what, nodes, asked in _requests(state):
        lacking = {name: amount for name, amount in asked.items() if amount > has.get(name, 0.0)}
        if lacking or nodes > len(totals):
            return {
                "what": what,
                "nodes": nodes,
                "asked": lacking,
                "has": {it: has.get(it, 0.0) for it in lacking},
            }
    return None


def _requests(state: Any) -> Iterator[tuple[str, int, dict[str, float]]]:
    """Placement groups first: what is to run in one that waits can only wait, too."""
    for gang in state.pending_gang_resource_requests:
        bundles = [dict(each.resources_bundle) for each in gang.requests]
        strategy = gang.details.rpartition(":")[2].partition("|")[0]
        together: dict[str, float] = {}
        for bundle in bundles:
            for name, amount in bundle.items():
                together[name] = together.get(name, 0.0) + amount
        yield strategy or "PACK", len(bundles) if strategy == "STRICT_SPREAD" else 1, together
    for each in state.pending_resource_requests:
        asked = dict(each.request.resources_bundle)
        if not any("_group_" in name for name in asked):
            yield "task", 1, asked


class _Tasks:
    def __init__(self) -> None:
        import grpc
        from ray.core.generated import common_pb2, gcs_service_pb2, gcs_service_pb2_grpc

        self._request = gcs_service_pb2.GetTaskEventsRequest(limit=_TASKS)
        self._request.filters.exclude_driver = True
        self._ended = common_pb2.FINISHED
        self._stub = gcs_service_pb2_grpc.TaskInfoGcsServiceStub(grpc.insecure_channel(cluster.GCS))

    def finished(self) -> int:
        reply = self._stub.GetTaskEvents(self._request, timeout=_LIMIT)
        # A time for each state that a task has been in.
        return sum(self._ended in each.state_updates.state_ts_ns for each in reply.events_by_task)


def _note(writing: int, kind: str, value: Any) -> None:
    os.write(writing, json.dumps([kind, value]).encode() + b"\n")
