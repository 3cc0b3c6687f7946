from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from bot.settings.base import SettingsGroup, Url


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


class TelemetrySettings(SettingsGroup):
    """Logs, traces and audit"""

    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)
    ] = Field("INFO", alias="RAYGEN_LOG_LEVEL")
    """The lowest level that is logged: `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`."""
    log_text: Literal["on", "off"] = Field("off", alias="RAYGEN_LOG_TEXT")
    """`on` includes the text of exceptions in logs. It can quote requests and programs; known kinds of secrets are masked."""
    traces: Url | None = Field(None, alias="RAYGEN_TRACES")
    """Where OpenTelemetry traces are sent by OTLP over HTTP, such as `http://localhost:4318/v1/traces`. Default: nowhere."""
    audit_channel: str = Field("", alias="RAYGEN_AUDIT_CHANNEL")
    """The ID of the Slack channel in which decisions, runs and stops are posted, with the hashes of their [audit](audit.md) records; `T…/C…` with many workspaces."""
