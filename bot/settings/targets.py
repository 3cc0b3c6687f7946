from __future__ import annotations

from pydantic import Field, SecretStr

from bot.settings.base import FilePath, SettingsGroup
from services.execution import outgoing
from services.execution.outgoing import Outgoing


class TargetSettings(SettingsGroup):
    """Targets

    The cluster that runs approved programs, or several of them. [Targets](targets.md) describes them.
    """

    ray_address: str | None = Field(None, alias="RAY_ADDRESS")
    """The Ray Jobs API of the target cluster (`http://host:8265`). Default: raygen starts a local cluster."""
    ray_auth_token: SecretStr | None = Field(None, alias="RAY_AUTH_TOKEN")
    """The token of the target cluster, if it requires one."""
    target_name: str = Field("", alias="RAYGEN_TARGET_NAME")
    """The name of the target that people see. Default: `cluster` with RAY_ADDRESS, otherwise `embedded`."""
    targets: FilePath | None = Field(None, alias="RAYGEN_TARGETS")
    """A TOML file that lists [several clusters](targets.md), each with its own limits. It replaces RAY_ADDRESS."""
    target_cpus: int | None = Field(None, ge=1, alias="RAYGEN_TARGET_CPUS")
    """The number of CPUs of the local cluster. Default: as many as this machine has."""
    target_network: Outgoing = Field(default_factory=outgoing.default, alias="RAYGEN_TARGET_NETWORK")
    """What programs on the local cluster can connect to: `none`, or `internet` by [pasta](targets.md#the-local-cluster). Default: `internet` where pasta works, otherwise `none`."""
    run_wall_limit: float = Field(3600.0, gt=0, alias="RAYGEN_RUN_WALL_LIMIT")
    """Seconds after which a run is stopped, counted from the start of its program; waiting for resources doesn't count."""

    @property
    def target(self) -> str:
        """The target's name for people."""
        return self.target_name or ("cluster" if self.ray_address else "embedded")
