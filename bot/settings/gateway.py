from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from bot.settings.base import SettingsGroup, Url
from services.gateway import names


class GatewaySettings(SettingsGroup):
    """MCP gateway

    An MCP server that validates programs or runs small calculations instead of this machine, such as an AgentCore
    Gateway ([MCP](mcp.md)).
    """

    gateway_url: Url | None = Field(None, alias="RAYGEN_GATEWAY_URL")
    """The address of the gateway."""
    gateway_auth: Literal["none", "jwt", "sigv4"] = Field("none", alias="RAYGEN_GATEWAY_AUTH")
    """How raygen signs in to the gateway: `jwt` with OAuth2 client credentials, `sigv4` with AWS credentials, or `none`."""
    gateway_token_url: Url | None = Field(None, alias="RAYGEN_GATEWAY_TOKEN_URL")
    """The OAuth2 token endpoint. Required for `jwt`."""
    gateway_client_id: str = Field("", alias="RAYGEN_GATEWAY_CLIENT_ID")
    """The OAuth2 client ID. Required for `jwt`."""
    gateway_client_secret: SecretStr | None = Field(None, alias="RAYGEN_GATEWAY_CLIENT_SECRET")
    """The OAuth2 client secret. Required for `jwt`."""
    gateway_scope: str = Field("", alias="RAYGEN_GATEWAY_SCOPE")
    """The OAuth2 scopes to request, separated by spaces."""
    gateway_validation_tool: str = Field(names.VALIDATION, alias="RAYGEN_GATEWAY_VALIDATION_TOOL")
    """The name of the gateway's tool that validates programs."""
    gateway_snippet_tool: str = Field(names.SNIPPETS, alias="RAYGEN_GATEWAY_SNIPPET_TOOL")
    """The name of the gateway's tool that runs small calculations."""
