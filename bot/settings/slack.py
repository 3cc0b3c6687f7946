from __future__ import annotations

from pydantic import Field, SecretStr, field_validator

from bot.settings.base import SettingsGroup, Url, items
from services.security.encryption import Encryptor


class SlackSettings(SettingsGroup):
    """Slack

    One workspace needs SLACK_BOT_TOKEN with SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP).
    [Installation](installation.md) explains both, and an app for many workspaces.
    """

    slack_bot_token: SecretStr | None = Field(None, alias="SLACK_BOT_TOKEN")
    """The bot token (`xoxb-…`), from *OAuth & Permissions* on the app's page at api.slack.com."""
    slack_app_token: SecretStr | None = Field(None, alias="SLACK_APP_TOKEN")
    """The app-level token (`xapp-…`) with the scope `connections:write`. `raygen start` needs it for Socket Mode."""
    slack_signing_secret: SecretStr | None = Field(None, alias="SLACK_SIGNING_SECRET")
    """The app's signing secret. With it, `raygen serve` receives Slack's events over HTTP at `/slack/events`."""
    slack_client_id: str = Field("", alias="SLACK_CLIENT_ID")
    """The app's client ID. Set it instead of SLACK_BOT_TOKEN to let many workspaces install the app by OAuth."""
    slack_client_secret: SecretStr | None = Field(None, alias="SLACK_CLIENT_SECRET")
    """The app's client secret. Required with SLACK_CLIENT_ID."""
    oauth_keys: SecretStr | None = Field(None, alias="RAYGEN_OAUTH_KEY")
    """The key that encrypts the workspaces' tokens in the database. To rotate it, separate keys by commas, newest first. Default: tokens are stored unencrypted."""
    public_url: Url = Field("", alias="RAYGEN_PUBLIC_URL")
    """The public `https://…` address of `raygen serve`, used in OAuth redirects and in the app manifest."""
    slack_api_url: Url = Field("https://slack.com/api/", alias="SLACK_API_URL")
    """The address of Slack's Web API. Change it for GovSlack."""

    @field_validator("oauth_keys")
    @classmethod
    def _usable(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            _encryptor(value)
        except ValueError:
            raise ValueError(
                "write 32 random bytes in URL-safe base64; docs/installation.md shows how to create them"
            ) from None
        return value

    @property
    def encryptor(self) -> Encryptor:
        """Encrypts the workspaces' tokens."""
        return _encryptor(self.oauth_keys)


def _encryptor(keys: SecretStr | None) -> Encryptor:
    return Encryptor(items(keys.get_secret_value()) if keys else ())
