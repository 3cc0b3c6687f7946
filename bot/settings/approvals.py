from __future__ import annotations

from pydantic import Field

from bot.settings.base import FilePath, SettingsGroup, StringSet


class ApprovalSettings(SettingsGroup):
    """Approvals

    Who may approve a program, and for how long. [Approvals](approvals.md) describes the rules.
    """

    approvers: StringSet = Field(frozenset[str](), alias="RAYGEN_APPROVERS")
    """Slack user IDs of the people who may approve, separated by commas. Default: every member of the workspace except guests."""
    approvals: FilePath | None = Field(None, alias="RAYGEN_APPROVALS")
    """A TOML file with [rules](approvals.md) for who may approve what, and where. It replaces RAYGEN_APPROVERS."""
    approval_expiry: float = Field(604_800.0, gt=0, alias="RAYGEN_APPROVAL_EXPIRY")
    """Seconds after which a proposal expires and can no longer be approved."""
    approval_reminder: float = Field(14_400.0, ge=0, alias="RAYGEN_APPROVAL_REMINDER")
    """Seconds after which the approvers of a proposal get one reminder; `0` turns reminders off."""
