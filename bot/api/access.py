"""Who a request comes from: the holder of its token; without any tokens, whoever is on this machine."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.api.desk import ApiDesk
from bot.api.errors import Unauthorized
from bot.api.tokens import LOCAL, Holder, Tokens

_bearer = HTTPBearer(auto_error=False, description="One of RAYGEN_API_TOKENS; needless where none are set.")
_AFAR = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


async def holder(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Holder:
    """Raises Unauthorized for everybody else."""
    tokens: Tokens = request.app.state.tokens
    if tokens:
        found = tokens.holder(credentials.credentials) if credentials else None
        if found is None:
            raise Unauthorized
        return found
    if not _local(request):
        raise Unauthorized("This address is for programs on this machine; others need a token of the API.")
    return LOCAL


async def api_desk(request: Request) -> ApiDesk:
    desk: ApiDesk = request.app.state.desk
    return desk


def on_this_machine(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _local(request: Request) -> bool:
    """Neither by way of a proxy, nor in the name of a web page that a browser here has open."""
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    return (
        on_this_machine(_name(f"//{host}"))
        and not any(name in request.headers for name in _AFAR)
        and (origin is None or urlsplit(origin).netloc == host)
    )


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


Caller = Annotated[Holder, Depends(holder)]
Desk = Annotated[ApiDesk, Depends(api_desk)]
