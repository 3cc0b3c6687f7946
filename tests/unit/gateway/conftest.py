"""Gateways on loopback whose tools answer as scripted."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tests.standins.gateway import GatewayStandIn, serving
from tests.standins.signatures import Signatures
from tests.standins.tokens import Tokens


async def validation(arguments: dict[str, Any]) -> object:
    return {
        "success": True,
        "job_id": "raysubmit_1",
        "status": "SUCCEEDED",
        "output": f"{len(arguments['code'])} characters on {arguments['ray_cluster_ip'] or 'its own'}\n",
        "error": None,
    }


async def snippets(arguments: dict[str, Any]) -> object:
    return {"statusCode": 200, "body": {"output": f"{arguments['code']}\n", "errors": "", "success": True}}


@pytest.fixture
async def open_gateway() -> AsyncGenerator[GatewayStandIn]:
    async with serving(validation=validation, snippets=snippets) as gateway:
        yield gateway


@pytest.fixture
async def tokens() -> AsyncGenerator[tuple[GatewayStandIn, Tokens]]:
    known = Tokens()
    async with serving(validation=validation, auth=known) as gateway:
        yield gateway, known


@pytest.fixture
async def signatures() -> AsyncGenerator[tuple[GatewayStandIn, Signatures]]:
    known = Signatures()
    async with serving(validation=validation, auth=known) as gateway:
        yield gateway, known
