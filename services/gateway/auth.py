"""How raygen shows the gateway who it is: a bearer token by OAuth2 client credentials, or AWS's signature version 4."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx2
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import BotoCoreError
from botocore.session import Session
from pydantic import BaseModel, ValidationError

from services.gateway.errors import GatewayLogin

SERVICE = "bedrock-agentcore"
_TIMEOUT = 15.0
# A token is renewed this much before its end, in seconds, or at half of a very short life.
_MARGIN = 60.0
_UNTOLD = 300.0
# A signature covers these alone: what a proxy adds or changes on the way must not break it.
_SIGNED = ("content-type",)


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth2 client of the token endpoint `url`; `scope` may name several, separated by spaces."""

    url: str
    id: str
    secret: str = field(repr=False)
    scope: str = ""


class _Granted(BaseModel):
    access_token: str
    expires_in: float | None = None


class ClientCredentials(httpx2.Auth):
    """A bearer token, kept until shortly before it expires, and renewed once when the gateway refuses it."""

    def __init__(self, client: Client, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._until = 0.0

    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        token = await self.token()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            # A gateway that does not know the caller has not begun anything.
            request.headers["Authorization"] = f"Bearer {await self.token(refused=token)}"
            yield request

    async def token(self, *, refused: str = "") -> str:
        """The current token, and another one than `refused`. Raises GatewayLogin."""
        async with self._lock:
            if not self._token or self._token == refused or self._clock() >= self._until:
                granted = await self._granted()
                life = _UNTOLD if granted.expires_in is None else granted.expires_in
                self._token = granted.access_token
                self._until = self._clock() + life - min(_MARGIN, life / 2)
            return self._token

    async def _granted(self) -> _Granted:
        client = self._client
        form = {"grant_type": "client_credentials"} | ({"scope": client.scope} if client.scope else {})
        # RFC 6749, 2.3.1: both are form-encoded before they become a Basic header.
        basic = httpx2.BasicAuth(quote(client.id, safe=""), quote(client.secret, safe=""))
        try:
            async with asyncio.timeout(_TIMEOUT), httpx2.AsyncClient(timeout=_TIMEOUT) as http:
                response = await http.post(client.url, data=form, auth=basic)
        except (httpx2.TimeoutException, TimeoutError):
            raise GatewayLogin(
                "The MCP gateway's token endpoint did not answer in time. Try again in a minute."
            ) from None
        except (httpx2.HTTPError, httpx2.InvalidURL):
            raise GatewayLogin(
                "The MCP gateway's token endpoint can't be reached. Try again in a minute."
            ) from None
        return _read(response)


def _read(response: httpx2.Response) -> _Granted:
    if response.status_code in {400, 401, 403}:
        raise GatewayLogin(
            "The MCP gateway's token endpoint rejected raygen's client ID, secret or scope. `raygen doctor` shows details."
        )
    if response.status_code != HTTPStatus.OK:
        raise GatewayLogin(
            f"The MCP gateway's token endpoint failed with status {response.status_code}. Try again in a minute."
        )
    try:
        return _Granted.model_validate_json(response.content)
    except ValidationError:
        raise GatewayLogin("The MCP gateway's token endpoint sent an unexpected response.") from None


class Signed(httpx2.Auth):
    """AWS's signature by the credentials that botocore finds, or by `credentials`, for the gateway of `region`."""

    requires_request_body = True

    def __init__(self, region: str, credentials: Credentials | None = None) -> None:
        self._region = region
        self._credentials: Any = credentials

    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        await request.aread()
        # Credentials may come from a file or over a network, and are renewed on the way.
        frozen = await asyncio.to_thread(self._frozen)
        headers = {name: request.headers[name] for name in _SIGNED if name in request.headers}
        signed = AWSRequest(request.method, str(request.url), headers=headers, data=request.content)
        cast("Any", SigV4Auth(frozen, SERVICE, self._region)).add_auth(signed)
        request.headers.update({name: str(value) for name, value in signed.headers.items()})
        yield request

    def _frozen(self) -> ReadOnlyCredentials:
        try:
            found = self._credentials = self._credentials or cast("Any", Session()).get_credentials()
            frozen = cast("ReadOnlyCredentials | None", found.get_frozen_credentials() if found else None)
        except BotoCoreError:
            frozen = None
        if frozen is None:
            raise GatewayLogin("No AWS credentials found to sign requests to the MCP gateway.")
        return frozen
