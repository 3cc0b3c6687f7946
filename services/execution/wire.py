"""What Ray's Jobs API says on the wire, as far as raygen listens."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.domain.values import TaskCount

WALL_LIMIT = "raygen_wall_limit"


class JobDetails(BaseModel):
    """One submission as `GET /api/jobs/{submission_id}` returns it; times are milliseconds since 1970.

    `seen` is when the cluster said so, by its own clock.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    status: str
    submission_id: str | None = None
    job_id: str | None = None
    message: str | None = None
    error_type: str | None = None
    start_time: int | None = None
    end_time: int | None = None
    metadata: dict[str, str] | None = None
    driver_node_id: str | None = None
    driver_exit_code: int | None = None
    seen: int | None = None

    @property
    def ended(self) -> bool:
        return self.status in {"SUCCEEDED", "FAILED", "STOPPED"}

    def ran(self, started: int | None) -> float | None:
        """Seconds from the program's start to the end, or until now; only the cluster's clocks count.

        `started` is in milliseconds since 1970, None when it did not start. A clock that is behind does not make it
        older than its submission.
        """
        end = self.end_time or self.seen
        if started is None or end is None:
            return None
        return max(0.0, (end - max(started, self.start_time or 0)) / 1000)

    @property
    def since_start(self) -> float | None:
        """Seconds from submission until this response, whether it has ended or not, by the cluster's clock."""
        if self.start_time is None or self.seen is None:
            return None
        return max(0.0, (self.seen - self.start_time) / 1000)

    def overdue(self, started: int | None) -> bool:
        """Whether the program has had the wall time that it was submitted with; waiting for its start is none of it."""
        limit, ran = (self.metadata or {}).get(WALL_LIMIT), self.ran(started)
        return limit is not None and ran is not None and ran >= float(limit)


def job_details(body: Any, date: str | None) -> JobDetails:
    """A job from a response whose `Date` header is `date`."""
    seen = int(parsedate_to_datetime(date).timestamp() * 1000) if date else None
    return JobDetails.model_validate(body).model_copy(update={"seen": seen})


class _Task(BaseModel):
    func_or_class_name: str = ""
    state_counts: dict[str, int] = Field(default_factory=dict)


class _Summary(BaseModel):
    summary: dict[str, _Task] = Field(default_factory=dict[str, _Task])


def task_counts(body: Any) -> tuple[TaskCount, ...]:
    """The answer of `/api/v0/tasks/summarize`, by name and state."""
    cluster = body["data"]["result"]["result"]["node_id_to_summary"].get("cluster", {})
    tasks = _Summary.model_validate(cluster).summary
    return tuple(
        TaskCount(task.func_or_class_name or key, state, count)
        for key, task in sorted(tasks.items())
        for state, count in sorted(task.state_counts.items())
    )
