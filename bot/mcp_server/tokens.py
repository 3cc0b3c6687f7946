"""Who may use the server over HTTP: the holders of RAYGEN_API_TOKENS."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from pydantic import AnyHttpUrl

# mcp wants the name of an authorization server. There is none: the operator hands the tokens out.
SETTINGS = AuthSettings(
    issuer_url=AnyHttpUrl("https://raygen.invalid"), resource_server_url=None, validate_token_resource=False
)


class Holders:
    """Knows the tokens, each with the Slack user whose name it is used in (or an empty one)."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._tokens = tokens

    async def verify_token(self, token: str) -> AccessToken | None:
        """Mcp's TokenVerifier. Every token is compared, so that time tells nothing."""
        found = [
            user
            for known, user in self._tokens.items()
            if hmac.compare_digest(known.encode(), token.encode())
        ]
        return (
            AccessToken(token=token, client_id=found[0] or "holder", scopes=[], subject=found[0])
            if found
            else None
        )


def caller() -> str:
    """The Slack user whose token the present request came with; empty over stdio and without tokens."""
    token = get_access_token()
    return (token.subject or "") if token else ""
