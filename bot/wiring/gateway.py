"""What runs behind an MCP gateway, by the settings. Import it only where it is used: mcp takes long to import."""

from __future__ import annotations

from bot.settings import Settings
from services.domain.errors import SettingsError
from services.gateway.auth import Client, ClientCredentials, Signed
from services.gateway.client import Gateway
from services.gateway.snippets import GatewaySnippets
from services.gateway.validation import GatewayValidator
from services.validation.interface import ValidationLimits


def validator(settings: Settings, limits: ValidationLimits) -> GatewayValidator:
    """The validation behind the gateway; RAYGEN_VALIDATION_ADDRESS is the cluster that it uses. Raises SettingsError."""
    tool, cluster = settings.gateway_validation_tool, settings.validation_address or ""
    return GatewayValidator(gateway(settings), tool, cluster=cluster, limits=limits)


def snippets(settings: Settings) -> GatewaySnippets:
    """The snippets behind the gateway. Raises SettingsError."""
    return GatewaySnippets(gateway(settings), settings.gateway_snippet_tool)


def gateway(settings: Settings) -> Gateway:
    """The MCP gateway. Raises SettingsError when something for it is missing."""
    if not settings.gateway_url:
        raise SettingsError("RAYGEN_GATEWAY_URL is not set: write the address of the MCP gateway.")
    match settings.gateway_auth:
        case "none":
            return Gateway(settings.gateway_url)
        case "jwt":
            secret = settings.gateway_client_secret
            if not settings.gateway_token_url or not settings.gateway_client_id or secret is None:
                raise SettingsError(
                    "RAYGEN_GATEWAY_AUTH=jwt requires RAYGEN_GATEWAY_TOKEN_URL, RAYGEN_GATEWAY_CLIENT_ID and "
                    "RAYGEN_GATEWAY_CLIENT_SECRET."
                )
            client = Client(
                settings.gateway_token_url,
                settings.gateway_client_id,
                secret.get_secret_value(),
                settings.gateway_scope,
            )
            return Gateway(settings.gateway_url, ClientCredentials(client))
        case "sigv4":
            if not settings.aws_region:
                raise SettingsError("RAYGEN_GATEWAY_AUTH=sigv4 requires AWS_REGION, the gateway's region.")
            return Gateway(settings.gateway_url, Signed(settings.aws_region))
