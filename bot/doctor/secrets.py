"""Whether the secrets of programs can be read."""

from __future__ import annotations

from bot.doctor.finding import Finding
from bot.reports import secrets
from bot.settings import Settings
from bot.wiring import clusters, secret_file
from services.domain.errors import RaygenError
from services.text.formatting import plural

_PART = "secrets"


async def check(settings: Settings) -> list[Finding]:
    """One finding for each secret that can't be read, else one for all; none without secrets."""
    if settings.secrets is None:
        return []
    try:
        found = await secrets.checked(secret_file.secrets(settings, list(clusters.configured(settings))))
    except RaygenError as error:
        return [Finding(_PART, ok=False, found="secrets can't be used", advice=error.public)]
    wrong = [
        Finding(_PART, ok=False, found=f"{name} can't be read", advice=why)
        for name, why in found.items()
        if why
    ]
    return wrong or [Finding(_PART, ok=True, found=f"{plural(len(found), 'secret')} can be read")]
