"""An OAuth2 token endpoint for client credentials, with tokens that expire when the test says so."""

from __future__ import annotations

import base64
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote


@dataclass
class Tokens:
    """One client; the next requests for a token fail with the statuses in `faults` (0 answers what is no token)."""

    client_id: str = "raygen"
    client_secret: str = "s3cret/with+signs"  # no secret outside of tests
    scope: str = "gateway/invoke"
    life: float = 3600.0
    faults: list[int] = field(default_factory=list)
    granted: dict[str, float] = field(default_factory=dict)
    asked: int = 0

    def grant(self, authorization: str, form: bytes) -> tuple[int, dict[str, object]]:
        self.asked += 1
        if self.faults:
            status = self.faults.pop(0)
            return (status, {"error": "temporarily_unavailable"}) if status else (200, {"token": "?"})
        asked = {name: values[0] for name, values in parse_qs(form.decode()).items()}
        if _basic(authorization) != (self.client_id, self.client_secret):
            return 401, {"error": "invalid_client"}
        if asked.get("grant_type") != "client_credentials" or asked.get("scope", "") != self.scope:
            return 400, {"error": "invalid_scope"}
        token = secrets.token_urlsafe(16)
        self.granted[token] = time.monotonic() + self.life
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": self.life}

    def expire(self) -> None:
        """From now on nothing that was granted is good for anything, whatever was said of its life."""
        self.granted.clear()

    def objection(self, authorization: str) -> str:
        kind, _, token = authorization.partition(" ")
        known = kind == "Bearer" and self.granted.get(token, 0.0) > time.monotonic()
        return "" if known else "it has no token that is good"


def _basic(authorization: str) -> tuple[str, ...]:
    kind, _, pair = authorization.partition(" ")
    if kind != "Basic":
        return ()
    return tuple(unquote(part) for part in base64.b64decode(pair).decode().split(":"))
