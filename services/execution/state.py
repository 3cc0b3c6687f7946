"""The current state of a cluster, as its dashboard reports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import AliasChoices, BaseModel, Field, ValidationError


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a resource is taken, of how much there is; memory in bytes."""

    used: float
    total: float

    @property
    def free(self) -> float:
        return max(self.total - self.used, 0.0)


@dataclass(frozen=True, slots=True)
class ClusterState:
    """A cluster at one moment; `problem` is a sentence, and then nothing else is known.

    `shares` are by Ray's names, but where these have an underscore: Ray writes its keys in camel case there.
    `waiting` counts the tasks and actors that find no room.
    """

    problem: str = ""
    version: str = ""
    nodes: int = 0
    shares: Mapping[str, Share] = field(default_factory=dict[str, Share])
    waiting: int = 0

    @property
    def up(self) -> bool:
        return not self.problem


class _Loads(BaseModel):
    usage: dict[str, tuple[float, float]] = {}
    resource_demand: list[tuple[dict[str, float], int]] = Field(
        [], validation_alias=AliasChoices("resourceDemand", "resource_demand")
    )


class _Autoscaler(BaseModel):
    active: dict[str, int] = Field({}, validation_alias=AliasChoices("activeNodes", "active_nodes"))
    idle: dict[str, int] | None = Field(None, validation_alias=AliasChoices("idleNodes", "idle_nodes"))


class _Status(BaseModel):
    loads: _Loads | None = Field(
        None, validation_alias=AliasChoices("loadMetricsReport", "load_metrics_report")
    )
    autoscaler: _Autoscaler | None = Field(
        None, validation_alias=AliasChoices("autoscalerReport", "autoscaler_report")
    )


class _Data(BaseModel):
    status: _Status | None = Field(None, validation_alias=AliasChoices("clusterStatus", "cluster_status"))


class _Answer(BaseModel):
    data: _Data | None = None


def cluster_state(version: str, reply: object) -> ClusterState:
    """The answer of `/api/cluster_status`; what it leaves out, or reports in another shape, stays unknown."""
    try:
        answer = _Answer.model_validate(reply)
    except ValidationError:
        return ClusterState(version=version)
    status = answer.data.status if answer.data else None
    if status is None:
        return ClusterState(version=version)
    loads = status.loads.usage if status.loads else {}
    demand = status.loads.resource_demand if status.loads else []
    scaler = status.autoscaler
    nodes = sum(scaler.active.values()) + sum((scaler.idle or {}).values()) if scaler else 0
    shares = {name: Share(*pair) for name, pair in loads.items()}
    return ClusterState(
        version=version, nodes=nodes, shares=shares, waiting=sum(count for _, count in demand)
    )
