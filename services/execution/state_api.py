"""What Ray's state API says on the wire, as far as raygen listens: rows of actors, tasks and nodes."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

_LIMIT = 1000


class Node(BaseModel):
    """A node; `end_time_ms` is when it was lost, in milliseconds since 1970, and 0 while it lives."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    node_id: str
    node_ip: str = ""
    state: str = "ALIVE"
    resources_total: dict[str, float] = Field(default_factory=dict[str, float])
    end_time_ms: int | None = None

    @property
    def alive(self) -> bool:
        return self.state == "ALIVE"

    def lost_between(self, start: int | None, end: int | None) -> bool:
        """Whether it went between these times, in milliseconds since 1970; an open end is now."""
        if self.alive or not self.end_time_ms or start is None:
            return False
        return start <= self.end_time_ms and (end is None or self.end_time_ms <= end)


class TaskAttempt(BaseModel):
    """One try at a task; `error_type` is Ray's word for why it failed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    task_id: str
    error_type: str | None = None


def listed(*filters: tuple[str, str, str]) -> list[tuple[str, str]]:
    """A query for the detailed rows for which all of these (column, predicate, value) hold."""
    query = [("detail", "1"), ("limit", str(_LIMIT))]
    for column, predicate, value in filters:
        query += [("filter_keys", column), ("filter_predicates", predicate), ("filter_values", value)]
    return query


def rows(body: Any) -> list[dict[str, Any]]:
    """The rows of any list of the state API."""
    return body["data"]["result"]["result"]


def demands(body: Any) -> list[dict[str, float]]:
    """The different demands in rows of tasks or actors."""
    found: list[dict[str, float]] = []
    for row in rows(body):
        demand: dict[str, float] = row.get("required_resources") or {}
        if demand and demand not in found:
            found.append(demand)
    return found


def bundles(body: Any) -> list[list[dict[str, float]]]:
    """What each placement group in rows of these asks for, bundle by bundle."""
    return [[bundle["unit_resources"] for bundle in row["bundles"] or ()] for row in rows(body)]
