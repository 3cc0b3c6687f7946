from __future__ import annotations

from pydantic import Field, SecretStr, field_validator

from bot.settings.base import FilePath, SettingsGroup


class DataSettings(SettingsGroup):
    """Data

    Data sets, tables and databases that programs can use by name. [Data connections](data.md) describes them.
    """

    data: FilePath | None = Field(None, alias="RAYGEN_DATA")
    """A TOML file that lists [connections](data.md#connections). Default: programs have no connections."""
    data_key: SecretStr | None = Field(None, alias="RAYGEN_DATA_KEY")
    """A text of at least 16 characters from which masks in samples are made, the same on all replicas. Default: one is created in RAYGEN_STATE_DIR."""

    @field_validator("data_key")
    @classmethod
    def _long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 16:
            raise ValueError("write at least 16 characters")
        return value
