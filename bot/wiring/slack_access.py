"""Access to Slack: one workspace by tokens, or many by OAuth, over Socket Mode or HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.settings import Settings
from services.domain.errors import SettingsError

UNSIGNED = "SLACK_SIGNING_SECRET is not set: `raygen serve` requires it to verify that requests come from Slack. Copy it from “Basic Information” on the app's page at api.slack.com/apps."
_WHERE = {
    "SLACK_BOT_TOKEN": "copy the `xoxb-` token from “OAuth & Permissions” on the app's page at api.slack.com/apps",
    "SLACK_APP_TOKEN": "create an `xapp-` token with `connections:write` in “Basic Information” on the app's page at api.slack.com/apps",
}


@dataclass(frozen=True, slots=True)
class OAuth:
    """What the app is to Slack, whose installation pages give raygen a token for each workspace."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str | None = None


def many_workspaces(settings: Settings) -> OAuth | None:
    """How workspaces install raygen; None where there is one by tokens. Raises SettingsError for a half of it, or both."""
    secret = settings.slack_client_secret.get_secret_value() if settings.slack_client_secret else ""
    if not settings.slack_client_id and not secret:
        return None
    if not settings.slack_client_id or not secret:
        raise SettingsError("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET need each other: set both, or neither.")
    if settings.slack_bot_token is not None and settings.slack_bot_token.get_secret_value():
        raise SettingsError(
            "SLACK_BOT_TOKEN is for one workspace and SLACK_CLIENT_ID for many: set one of them."
        )
    base = settings.public_url.rstrip("/")
    return OAuth(settings.slack_client_id, secret, f"{base}/slack/oauth_redirect" if base else None)


def require_slack(settings: Settings) -> tuple[str | OAuth, str]:
    """Bot token, or what gives one for each workspace, and app token.

    Raises SettingsError that says which is missing or of the wrong kind.
    """
    many = many_workspaces(settings)
    needed = (
        ("SLACK_BOT_TOKEN", settings.slack_bot_token, "xoxb-"),
        ("SLACK_APP_TOKEN", settings.slack_app_token, "xapp-"),
    )
    for name, token, prefix in needed[1:] if many else needed:
        if token is None or not token.get_secret_value():
            raise SettingsError(f"{name} is not set: {_WHERE[name]}.")
        if not token.get_secret_value().startswith(prefix):
            raise SettingsError(f"{name} is another kind of token: {_WHERE[name]}.")
    assert settings.slack_app_token is not None
    own = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
    return many or own, settings.slack_app_token.get_secret_value()


def slack_over_http(settings: Settings) -> tuple[str | OAuth, str] | None:
    """Bot token, or what gives one for each workspace, and signing secret; None without Slack.

    Raises SettingsError where only one of them is set.
    """
    many = many_workspaces(settings)
    token, secret = (
        value.get_secret_value() if value else ""
        for value in (settings.slack_bot_token, settings.slack_signing_secret)
    )
    if (token or many) and not secret:
        raise SettingsError(UNSIGNED)
    if secret and not many and not token.startswith("xoxb-"):
        raise SettingsError(
            f"SLACK_BOT_TOKEN is not set or another kind of token: {_WHERE['SLACK_BOT_TOKEN']}."
        )
    return (many or token, secret) if secret else None
