"""Who a request comes from: the holder of its token; without any tokens, anybody on this machine."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.api.errors import Unauthorized
from bot.api.same_machine import REFUSAL, is_local
from bot.api.service import ApiService
from bot.api.tokens import LOCAL, Holder, Tokens

_bearer = HTTPBearer(
    auto_error=False, description="A token from RAYGEN_API_TOKENS; not needed if none are set."
)


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
    if not is_local(request.scope):
        raise Unauthorized(REFUSAL)
    return LOCAL


async def service(request: Request) -> ApiService:
    found: ApiService = request.app.state.service
    return found


Caller = Annotated[Holder, Depends(holder)]
Service = Annotated[ApiService, Depends(service)]
