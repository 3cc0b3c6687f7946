from __future__ import annotations

from pydantic import Field

from bot.settings.base import FilePath, SettingsGroup


class SecretSettings(SettingsGroup):
    """Secrets

    Keys and passwords that programs can use in their runs. [Secrets](secrets.md) describes them.
    """

    secrets: FilePath | None = Field(None, alias="RAYGEN_SECRETS")
    """A TOML file that names [secrets for programs](secrets.md): where each value is, and who may use it where."""
