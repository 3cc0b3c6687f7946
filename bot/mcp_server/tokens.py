"""Who may use the server over HTTP: the holders of RAYGEN_API_TOKENS."""

from __future__ import annotations

import re

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from pydantic import AnyHttpUrl
from starlette.datastructures import Headers

from bot.api.tokens import Tokens

# mcp wants the name of an authorization server. There is none: the operator hands the tokens out.
SETTINGS = AuthSettings(
    issuer_url=AnyHttpUrl("https://raygen.invalid"), resource_server_url=None, validate_token_resource=False
)
_SLACK_USER = re.compile(r"[UW][A-Z0-9]{5,}")


class Holders:
    """mcp's TokenVerifier over the tokens of the settings."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def admit(self, headers: Headers) -> bool:
        """Whether these name a token that is known."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and self._tokens.holder(token) is not None

    async def verify_token(self, token: str) -> AccessToken | None:
        holder = self._tokens.holder(token)
        if holder is None:
            return None
        return AccessToken(token=token, client_id=holder.name, scopes=[], subject=holder.name)


def caller() -> str:
    """The Slack user that the present request's token is named after; empty where it is none, and over stdio."""
    token = get_access_token()
    name = (token.subject or "") if token else ""
    return name if _SLACK_USER.fullmatch(name) else ""
