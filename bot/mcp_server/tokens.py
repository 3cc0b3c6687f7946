"""Who may use the server over HTTP: the holders of RAYGEN_API_TOKENS."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from pydantic import AnyHttpUrl

from services.errors import SettingsError

# mcp wants the name of an authorization server. There is none: the operator hands the tokens out.
SETTINGS = AuthSettings(
    issuer_url=AnyHttpUrl("https://raygen.invalid"), resource_server_url=None, validate_token_resource=False
)
_PAIR = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9_.-]{0,31})(\+approve)?=(?P<token>[!-~]{16,512})")
_SLACK_USER = re.compile(r"[UW][A-Z0-9]{5,}")

Find = Callable[[str], str | None]
"""The name of a token's holder; None for one that nobody holds."""


class Holders:
    """mcp's TokenVerifier over `find`."""

    def __init__(self, find: Find) -> None:
        self._find = find

    async def verify_token(self, token: str) -> AccessToken | None:
        name = self._find(token)
        return None if name is None else AccessToken(token=token, client_id=name, scopes=[], subject=name)


def caller() -> str:
    """The Slack user that the present request's token is named after; empty where it is none, and over stdio."""
    token = get_access_token()
    name = (token.subject or "") if token else ""
    return name if _SLACK_USER.fullmatch(name) else ""


def read(text: str) -> Mapping[str, str]:
    """Tokens of `name=token, …`, by their hashes. Raises SettingsError, which repeats none."""
    found = [_PAIR.fullmatch(part.strip()) for part in text.split(",") if part.strip()]
    if None in found:
        raise SettingsError(
            "RAYGEN_API_TOKENS is wrong: write `name=token`, apart by commas; a token has 16 to 512 characters."
        )
    return {_digest(match["token"]): match["name"] for match in found if match}


def among(names: Mapping[str, str]) -> Find:
    """Finds them in what `read` has read; takes the same time for every wrong token."""

    def find(token: str) -> str | None:
        wanted = _digest(token)
        found = [name for digest, name in names.items() if hmac.compare_digest(digest, wanted)]
        return found[0] if found else None

    return find


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
