"""The groups put together."""

from __future__ import annotations

import os

from pydantic.fields import FieldInfo

from bot.settings.approvals import ApprovalSettings
from bot.settings.aws import AwsSettings
from bot.settings.base import SettingsGroup
from bot.settings.data import DataSettings
from bot.settings.gateway import GatewaySettings
from bot.settings.limits import LimitSettings
from bot.settings.models import ModelSettings
from bot.settings.packages import PackageSettings
from bot.settings.secrets import SecretSettings
from bot.settings.server import ServerSettings
from bot.settings.slack import SlackSettings
from bot.settings.storage import StorageSettings
from bot.settings.targets import TargetSettings
from bot.settings.telemetry import TelemetrySettings
from bot.settings.validation import ValidationSettings


class Settings(
    SlackSettings,
    ModelSettings,
    TargetSettings,
    ApprovalSettings,
    LimitSettings,
    ValidationSettings,
    PackageSettings,
    DataSettings,
    SecretSettings,
    StorageSettings,
    ServerSettings,
    GatewaySettings,
    AwsSettings,
    TelemetrySettings,
):
    """The settings of all groups, as attributes."""


GROUPS: tuple[type[SettingsGroup], ...] = tuple(
    base for base in Settings.__bases__ if issubclass(base, SettingsGroup)
)
FIELDS: dict[str, FieldInfo] = {
    field.alias or name: field for group in GROUPS for name, field in group.model_fields.items()
}
"""All settings by their environment variables, in the order of the groups."""
NAMES: dict[str, str] = {name: field.alias or name for name, field in Settings.model_fields.items()}
"""The environment variables by the names of the attributes."""


def is_secret(field: FieldInfo) -> bool:
    return "SecretStr" in str(field.annotation)


def remove_secrets_from_environment() -> None:
    """Remove secrets from this process's environment, so that child processes and libraries can't read them there."""
    for variable, field in FIELDS.items():
        if is_secret(field):
            os.environ.pop(variable, None)
