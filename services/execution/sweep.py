# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportMissingParameterType=false
# pyright: reportAttributeAccessIssue=false
# Ray's generated gRPC modules are untyped.
"""Ends what a stopped job leaves or keeps on its cluster: detached actors at once, and what does not end, by force.

Runs by itself on the target (`python sweep.py SUBMISSION JOB|- GRACE`), so it knows Ray and the standard library
only. No HTTP call of Ray's kills an actor; the cluster's control store does, for any process on the cluster. With
its supervisor gone a job has failed, and Ray's own watchman kills the driver's process group.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from ray._private.grpc_utils import init_grpc_channel
from ray.core.generated import gcs_pb2, gcs_service_pb2, gcs_service_pb2_grpc

_LIMIT = 30.0
_CALL = 5.0
_PAUSE = 0.05
_SUPERVISOR = "_ray_internal_job_actor_{}"
_NAMESPACE = "SUPERVISOR_ACTOR_RAY_NAMESPACE"
_DEAD, _ALIVE = gcs_pb2.ActorTableData.DEAD, gcs_pb2.ActorTableData.ALIVE


class Sweep:
    """One stopped job, seen from inside its cluster; `grace` is how long its supervisor is given, in seconds."""

    def __init__(self, address: str, submission_id: str, job_id: str | None, grace: float) -> None:
        channel = init_grpc_channel(address)
        self._actors = gcs_service_pb2_grpc.ActorInfoGcsServiceStub(channel)
        self._jobs = gcs_service_pb2_grpc.JobInfoGcsServiceStub(channel)
        self._supervisor = _SUPERVISOR.format(submission_id)
        self._job_id = job_id
        self._grace = grace

    def run(self) -> bool:
        """Whether nothing of the job is left."""
        began = time.monotonic()
        while time.monotonic() - began < _LIMIT:
            detached = self._detached()
            for actor in detached:
                self._kill(actor.actor_id)
            supervisor = self._running_supervisor()
            if supervisor is None and not detached and self._driver_gone():
                return True
            # One that has not begun hears nothing: it waits for resources.
            if supervisor and (supervisor.state != _ALIVE or time.monotonic() - began > self._grace):
                self._kill(supervisor.actor_id)
            time.sleep(_PAUSE)
        return False

    def _detached(self) -> list[Any]:
        if self._job_id is None:
            return []
        filters = gcs_service_pb2.GetAllActorInfoRequest.Filters(job_id=bytes.fromhex(self._job_id))
        request = gcs_service_pb2.GetAllActorInfoRequest(filters=filters)
        actors = self._actors.GetAllActorInfo(request, timeout=_CALL).actor_table_data
        return [actor for actor in actors if actor.is_detached and actor.state != _DEAD]

    def _running_supervisor(self) -> Any:
        request = gcs_service_pb2.GetNamedActorInfoRequest(name=self._supervisor, ray_namespace=_NAMESPACE)
        reply = self._actors.GetNamedActorInfo(request, timeout=_CALL)
        found = reply.status.code == 0 and reply.actor_table_data.state != _DEAD
        return reply.actor_table_data if found else None

    def _driver_gone(self) -> bool:
        if self._job_id is None:
            return True
        request = gcs_service_pb2.GetAllJobInfoRequest(
            job_or_submission_id=self._job_id,
            skip_submission_job_info_field=True,
            skip_is_running_tasks_field=True,
        )
        return all(job.is_dead for job in self._jobs.GetAllJobInfo(request, timeout=_CALL).job_info_list)

    def _kill(self, actor_id: bytes) -> None:
        request = gcs_service_pb2.KillActorViaGcsRequest(actor_id=actor_id, force_kill=True, no_restart=True)
        self._actors.KillActorViaGcs(request, timeout=_CALL)


def main(submission_id: str, job_id: str, grace: str) -> int:
    sweep = Sweep(os.environ["RAY_ADDRESS"], submission_id, None if job_id == "-" else job_id, float(grace))
    return 0 if sweep.run() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
