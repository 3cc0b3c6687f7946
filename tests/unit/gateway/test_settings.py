"""The gateway by settings, and what the doctor says of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.doctor import sandboxes
from bot.settings import load
from bot.wiring.gateway import gateway
from bot.wiring.sandboxes import computing, validating
from services.domain.errors import SettingsError
from services.gateway.auth import ClientCredentials, Signed
from services.gateway.snippets import GatewaySnippets
from services.gateway.validation import GatewayValidator
from tests.standins.gateway import GatewayStandIn

URL = "https://gateway.example/mcp"
JWT = {
    "gateway_auth": "jwt",
    "gateway_token_url": "https://login.example/token",
    "gateway_client_id": "raygen",
    "gateway_client_secret": "s3cret",
}


def chosen(**changes: Any) -> Any:
    return load(gateway_url=URL, validation="gateway", snippets="gateway", **changes)


def test_each_kind_of_authentication():
    assert gateway(chosen())._auth is None
    assert isinstance(gateway(chosen(**JWT))._auth, ClientCredentials)
    assert isinstance(gateway(chosen(gateway_auth="sigv4", aws_region="eu-central-1"))._auth, Signed)


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({"gateway_url": ""}, "RAYGEN_GATEWAY_URL is not set"),
        ({**JWT, "gateway_client_secret": None}, "RAYGEN_GATEWAY_CLIENT_SECRET"),
        ({**JWT, "gateway_token_url": None}, "RAYGEN_GATEWAY_TOKEN_URL"),
        ({"gateway_auth": "sigv4", "aws_region": ""}, "AWS_REGION"),
    ],
)
def test_what_is_missing_is_said(settings: dict[str, Any], missing: str):
    with pytest.raises(SettingsError, match=missing):
        gateway(load(**{"gateway_url": URL, **settings}))


async def test_validation_and_snippets_go_there(open_gateway: GatewayStandIn):
    settings = load(
        gateway_url=open_gateway.url, validation="gateway", snippets="gateway", validation_address="10.0.0.5"
    )
    async with validating(settings) as validator, validator.lease() as lease, computing(settings) as snippets:
        assert isinstance(validator, GatewayValidator)
        assert isinstance(snippets, GatewaySnippets)
        assert "on 10.0.0.5" in (await lease.validate("1")).stdout
        assert (await snippets.run("6 * 7", limit=2.5)).output == "6 * 7\n"
    assert open_gateway.calls[1][1] == {"code": "6 * 7", "timeout": 3}
    found = await sandboxes.validation(settings), *await sandboxes.snippets(settings)
    assert [(each.part, each.ok) for each in found] == [("validation", True), ("snippets", True)]


async def test_the_doctor_says_what_is_wrong(open_gateway: GatewayStandIn):
    wrong = load(gateway_url=open_gateway.url, validation="gateway", gateway_validation_tool="a___b")
    finding = await sandboxes.validation(wrong)
    assert not finding.ok
    assert "has no tool a___b; it offers" in finding.advice
    nowhere = await sandboxes.validation(load(gateway_url="", validation="gateway"))
    assert "RAYGEN_GATEWAY_URL is not set" in nowhere.advice
    denied = await sandboxes.validation(chosen(**{**JWT, "gateway_token_url": "http://127.0.0.1:9/token"}))
    assert "token endpoint" in denied.advice
    assert "Check RAYGEN_GATEWAY_TOKEN_URL" in denied.advice
