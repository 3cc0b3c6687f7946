"""Unexpected errors: logged under an incident ID that people can report."""

from __future__ import annotations

import logging
import secrets

from services.domain.errors import RaygenError

_log = logging.getLogger(__name__)


def sentence(error: Exception, place: str = "on our side") -> str:
    """What a person may read of an error; one that is not meant for people is logged, and gets an incident ID."""
    if isinstance(error, RaygenError):
        return error.public
    incident = secrets.token_hex(4)
    _log.error("incident %s", incident, exc_info=error, extra={"incident": incident})
    return f"Something went wrong {place}. Try again, or report incident {incident}."
