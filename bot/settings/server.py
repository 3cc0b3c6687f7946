from __future__ import annotations

from pydantic import Field, SecretStr, field_validator

from bot.api.tokens import Tokens
from bot.settings.base import SettingsGroup, Url


class ServerSettings(SettingsGroup):
    """HTTP API and MCP server

    What `raygen serve` and `raygen mcp` listen on, and who may use them.
    """

    api_tokens: SecretStr | None = Field(None, alias="RAYGEN_API_TOKENS")
    """The tokens for `raygen serve` and `raygen mcp`, by the names of their holders; `+approve` lets a holder approve programs: `ci=TOKEN, ann+approve=TOKEN`. Default: programs on this machine need no token, and can't approve."""
    api_host: str = Field("127.0.0.1", alias="RAYGEN_API_HOST")
    """The address that `raygen serve` listens on. An address that other machines can reach requires RAYGEN_API_TOKENS."""
    api_port: int = Field(8000, ge=0, le=65535, alias="RAYGEN_API_PORT")
    """The port that `raygen serve` listens on."""
    api_url: Url = Field("", alias="RAYGEN_API_URL")
    """The address at which others reach `raygen serve`, such as `https://raygen.example.com`. Slack shows a preview of links to its runs."""
    health_port: int | None = Field(None, ge=0, le=65535, alias="RAYGEN_HEALTH_PORT")
    """A port on localhost for the health checks `/healthz` and `/readyz`. Default: none."""
    mcp_channel: str = Field("", alias="RAYGEN_MCP_CHANNEL")
    """The ID of the Slack channel in which proposals of MCP clients are posted; `T…/C…` with many workspaces."""
    mcp_user: str = Field("", alias="RAYGEN_MCP_USER")
    """The Slack user ID in whose name MCP clients propose programs, unless their token is named after a user."""

    @field_validator("api_tokens")
    @classmethod
    def _readable(cls, value: SecretStr | None) -> SecretStr | None:
        Tokens.read(value.get_secret_value() if value else "")
        return value

    @property
    def tokens(self) -> Tokens:
        """Who may use the API."""
        return Tokens.read(self.api_tokens.get_secret_value() if self.api_tokens else "")
