"""The file that says who may approve what where: TOML, a table for each rule, the first that holds deciding."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

from packaging.utils import canonicalize_name
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bot.wiring.file_faults import invalid
from services.approvals import ApprovalPolicy, ApprovalRule, SecondApproverConditions
from services.approvals.actions import Action, Group
from services.approvals.rules import Allowed
from services.domain.errors import SettingsError
from services.domain.untrusted_data import from_toml

_User = Annotated[str, Field(pattern=r"^([UW][A-Z0-9]{2,}|api:[A-Za-z0-9_.-]+)$")]
_Group = Annotated[str, Field(pattern=r"^S[A-Z0-9]{2,}$")]
_Groups = Annotated[frozenset[Group], Field(min_length=1)]
_Package = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$"), AfterValidator(canonicalize_name)
]
_Host = Annotated[
    str, Field(pattern=r"^(\*\.)?[A-Za-z0-9_.\[\]:-]+$"), AfterValidator(lambda name: str(name).lower())
]
_Channel = Annotated[str, Field(pattern=r"^([CDG][A-Z0-9]{2,}|direct|api)$")]


class SecondTable(BaseModel):
    """Facts that take a second approver."""

    model_config = ConfigDict(extra="forbid")

    cpus: float | None = Field(default=None, ge=0)
    gpus: bool = False
    wall: float | None = Field(default=None, ge=0)
    hosts: bool | frozenset[_Host] = False
    packages: bool | frozenset[_Package] = False
    data: bool | frozenset[str] = False
    writes: bool | frozenset[str] = False
    secrets: bool | frozenset[str] = False
    partial: bool = False


class AllowedTable(BaseModel):
    """Names beyond which nobody approves a program."""

    model_config = ConfigDict(extra="forbid")

    hosts: frozenset[_Host] | None = None
    packages: frozenset[_Package] | None = None
    data: frozenset[str] | None = None
    writes: frozenset[str] | None = None
    secrets: frozenset[str] | None = None


class RuleTable(BaseModel):
    """One rule, as `ApprovalRule` explains it; `thread` is in seconds."""

    model_config = ConfigDict(extra="forbid")

    targets: frozenset[str] = frozenset()
    channels: frozenset[_Channel] = frozenset()
    requester: bool | None = None
    users: frozenset[_User] = frozenset()
    groups: frozenset[_Group] = frozenset()
    members: bool = False
    guests: bool = False
    foreign: bool = False
    approvals: int = Field(1, ge=1, le=9)
    second: SecondTable = SecondTable()
    allowed: AllowedTable = AllowedTable()
    thread: float = Field(0.0, ge=0)
    partial: bool = True
    actions: dict[Action, _Groups] = {}

    def rule(self, name: str) -> ApprovalRule:
        conditions = self.model_dump(exclude={"second", "allowed", "actions"})
        return ApprovalRule(
            name=name,
            second=SecondApproverConditions(**self.second.model_dump()),
            allowed=Allowed(**self.allowed.model_dump()),
            actions=self.actions,
            **conditions,
        )


def read(path: Path, targets: Collection[str]) -> ApprovalPolicy:
    """The rules in their order. Raises SettingsError with one sentence that names what is wrong."""
    try:
        tables: dict[str, Any] = from_toml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"RAYGEN_APPROVALS: {path} can't be read: {error.strerror}.") from None
    except ValueError as error:
        raise SettingsError(f"RAYGEN_APPROVALS: {path} isn't valid TOML: {error}.") from None
    rules = [_rule(name, table, targets) for name, table in tables.items()]
    # A gap would be decided by nobody, and a rule that can't be reached is a rule that somebody believes in.
    everywhere = [rule.name for rule in rules if rule.everywhere]
    if not everywhere or everywhere[0] != rules[-1].name:
        raise SettingsError(
            "RAYGEN_APPROVALS: only the last rule must apply everywhere, so it must be the only one without"
            " `targets` and `channels`."
        )
    return ApprovalPolicy(rules)


def _rule(name: str, table: object, targets: Collection[str]) -> ApprovalRule:
    try:
        rule = RuleTable.model_validate(table).rule(name[:64])
    except ValidationError as error:
        raise invalid("RAYGEN_APPROVALS", name, error) from None
    if strange := sorted(rule.targets - set(targets)):
        raise SettingsError(
            f"RAYGEN_APPROVALS: {name}.targets: there is no target {strange[0]!r}. The targets are {', '.join(targets)}."
        )
    return rule
