"""Whether data connections can be read."""

from __future__ import annotations

from bot.doctor.finding import Finding
from bot.reports import data
from bot.settings import Settings
from services.domain.errors import RaygenError
from services.text.formatting import plural

_PART = "data"


async def check(settings: Settings) -> list[Finding]:
    """One finding for each connection that can't be read, else one for all; none without connections."""
    if settings.data is None:
        return []
    try:
        found = await data.checks(settings, [])
    except RaygenError as error:
        return [Finding(_PART, ok=False, found="data connections can't be used", advice=error.public)]
    wrong = [each for each in found if each.fault]
    if not wrong:
        return [Finding(_PART, ok=True, found=f"{plural(len(found), 'connection')} can be read")]
    return [Finding(_PART, ok=False, found=f"{each.name} can't be read", advice=each.fault) for each in wrong]
