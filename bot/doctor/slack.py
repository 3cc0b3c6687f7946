"""How the bot reaches Slack, and which workspaces have installed it."""

from __future__ import annotations

from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from bot.doctor.finding import Finding
from bot.settings import Settings, values
from bot.wiring import slack_access
from services.domain.errors import RaygenError, SettingsError
from services.store import open_database
from services.store.installations import Installations
from services.text.formatting import plural


async def check(settings: Settings) -> Finding:
    """Compares the tokens with what is needed; Slack isn't called."""
    by_http = _is_set(settings.slack_signing_secret) and not _is_set(settings.slack_app_token)
    try:
        if slack_access.many_workspaces(settings) is not None:
            return await _many_workspaces(settings)
        if by_http:
            slack_access.slack_over_http(settings)
        else:
            slack_access.require_slack(settings)
    except RaygenError as error:
        advice = "`raygen manifest` prints the manifest of the Slack app to create."
        return Finding("slack", ok=False, found=error.public, advice=advice)
    tokens = "bot token and signing secret" if by_http else "bot token and app token"
    return Finding("slack", ok=True, found=f"{tokens} are set for {_address(settings)} (not tested)")


async def _many_workspaces(settings: Settings) -> Finding:
    """Raises SettingsError where Slack's events can't be received."""
    ways = [
        *(["HTTP"] if _is_set(settings.slack_signing_secret) else []),
        *(["Socket Mode"] if _is_set(settings.slack_app_token) else []),
    ]
    if not ways:
        raise SettingsError(slack_access.UNSIGNED)
    advice = [
        *([] if settings.public_url else ["Set RAYGEN_PUBLIC_URL, where people install the app."]),
        *(
            []
            if _is_set(settings.oauth_keys)
            else ["Set RAYGEN_OAUTH_KEY to store the workspaces' tokens encrypted (docs/installation.md)."]
        ),
    ]
    found = f"OAuth for many workspaces by {' and '.join(ways)}, for {_address(settings)}"
    try:
        found += f"; {plural(await _installed(settings), 'installation')}"
    except RaygenError as error:
        return Finding("slack", ok=False, found=found, advice=error.public)
    except (SQLAlchemyError, OSError, KeyError):
        found += "; the installations can't be counted"
    return Finding("slack", ok=True, found=found, advice=" ".join(advice))


async def _installed(settings: Settings) -> int:
    """How many workspaces have installed the app. Raises SettingsError when their tokens can't be decrypted."""
    async with open_database(settings.database) as engine:
        records = Installations(engine, settings.encryptor)
        teams = await records.teams()
        for team in teams:
            await records.find(team)
    return len(teams)


def _address(settings: Settings) -> str:
    return values.shown(settings.slack_api_url)


def _is_set(secret: SecretStr | None) -> bool:
    return secret is not None and bool(secret.get_secret_value())
