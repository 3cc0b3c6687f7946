"""What the chosen supervisor requires."""

from __future__ import annotations

from bot.settings.settings import Settings
from services.domain.errors import SettingsError
from services.llm.access import Access, Provider


def require_supervisor(settings: Settings) -> None:
    """Raises SettingsError when something is missing for the chosen supervisor."""
    if settings.supervisor == "embedded":
        require_model(settings)
    elif not settings.agentcore_arn:
        raise SettingsError("RAYGEN_SUPERVISOR=agentcore requires RAYGEN_AGENTCORE_ARN, the runtime's ARN.")


def require_model(settings: Settings) -> Access:
    """How to reach the models. Raises SettingsError when something for that is missing."""
    if settings.provider is not Provider.ANTHROPIC:
        if not settings.aws_region:
            raise SettingsError(
                f"AWS_REGION is not set: RAYGEN_PROVIDER={settings.provider} requires it, such as `us-east-1`."
            )
        return Access(settings.provider, base_url=settings.bedrock_url, region=settings.aws_region)
    key = settings.anthropic_api_key.get_secret_value() if settings.anthropic_api_key else ""
    if not key:
        raise SettingsError(
            "ANTHROPIC_API_KEY is not set: create a key at console.anthropic.com, or choose another RAYGEN_PROVIDER."
        )
    return Access(api_key=key, base_url=settings.anthropic_base_url)
