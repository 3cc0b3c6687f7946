"""Tokens are fetched once, renewed in time and once when they are refused; signatures hold against the secret."""

from __future__ import annotations

import asyncio

import pytest
from botocore.credentials import Credentials

from services.gateway.auth import Client, ClientCredentials, Signed
from services.gateway.client import Gateway
from services.gateway.errors import GatewayDenied, GatewayLogin
from services.gateway.names import VALIDATION as TOOL
from tests.standins.gateway import GatewayStandIn
from tests.standins.signatures import Signatures
from tests.standins.tokens import Tokens

With = tuple[GatewayStandIn, Tokens]
CALL = {"code": "print(3)"}


def login(gateway: GatewayStandIn, tokens: Tokens, **other: str) -> Client:
    chosen = {"id": tokens.client_id, "secret": tokens.client_secret, "scope": tokens.scope, **other}
    return Client(url=gateway.token_url, **chosen)


async def call(gateway: GatewayStandIn, auth: ClientCredentials | Signed | None) -> object:
    return await Gateway(gateway.url, auth).call(TOOL, CALL, limit=10)


async def test_one_token_serves_until_shortly_before_its_end(tokens: With):
    gateway, known = tokens
    known.life, now = 100.0, [0.0]
    auth = ClientCredentials(login(*tokens), clock=lambda: now[0])
    await asyncio.gather(*(call(gateway, auth) for _ in range(4)))
    assert known.asked == 1
    now[0] = 49.0
    await call(gateway, auth)
    assert known.asked == 1
    now[0] = 51.0
    await call(gateway, auth)
    assert known.asked == 2
    assert gateway.refused == []


async def test_a_token_that_is_refused_is_renewed_once_and_the_tool_runs_once(tokens: With):
    gateway, known = tokens
    auth = ClientCredentials(login(*tokens))
    await call(gateway, auth)
    known.expire()
    await call(gateway, auth)
    assert (known.asked, len(gateway.calls), len(gateway.refused)) == (2, 2, 1)


async def test_who_is_refused_with_a_new_token_is_denied(tokens: With):
    gateway, known = tokens
    known.life = 0.0
    with pytest.raises(GatewayDenied):
        await call(gateway, ClientCredentials(login(*tokens)))
    assert gateway.calls == []
    with pytest.raises(GatewayDenied):
        await call(gateway, None)


@pytest.mark.parametrize(
    ("other", "faults", "sentence"),
    [
        ({"secret": "wrong"}, [], "rejected raygen's client ID, secret or scope"),
        ({"scope": "other"}, [], "rejected raygen's client ID, secret or scope"),
        ({}, [503], "failed with status 503"),
        ({}, [429], "failed with status 429"),
        ({}, [0], "sent an unexpected response"),
        ({"url": "http://127.0.0.1:9/token"}, [], "can't be reached"),
        ({"url": "nowhere"}, [], "can't be reached"),
    ],
)
async def test_no_token_is_to_be_had(tokens: With, other: dict[str, str], faults: list[int], sentence: str):
    gateway, known = tokens
    known.faults = faults
    client = login(gateway, known, **{k: v for k, v in other.items() if k != "url"})
    client = Client(other.get("url", client.url), client.id, client.secret, client.scope)
    with pytest.raises(GatewayLogin, match=sentence) as caught:
        await call(gateway, ClientCredentials(client))
    assert known.client_secret not in caught.value.public
    assert gateway.calls == []


async def test_a_signature_holds(signatures: tuple[GatewayStandIn, Signatures]):
    gateway, known = signatures
    signed = Signed(known.region, Credentials(known.key, known.secret))
    assert await call(gateway, signed)
    assert gateway.refused == []


@pytest.mark.parametrize(
    ("region", "key", "secret", "objection"),
    [
        ("eu-central-1", "AKIDEXAMPLE", "other", "its signature is wrong"),
        ("us-east-1", "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG", "for bedrock-agentcore in us-east-1"),
        ("eu-central-1", "AKIDOTHER", "wJalrXUtnFEMI/K7MDENG", "it is signed with AKIDOTHER"),
    ],
)
async def test_a_wrong_signature_is_refused(
    signatures: tuple[GatewayStandIn, Signatures], region: str, key: str, secret: str, objection: str
):
    gateway, _ = signatures
    with pytest.raises(GatewayDenied):
        await call(gateway, Signed(region, Credentials(key, secret)))
    assert objection in gateway.refused[0]
    assert gateway.calls == []


async def test_without_credentials_nothing_is_sent(
    signatures: tuple[GatewayStandIn, Signatures], monkeypatch: pytest.MonkeyPatch, tmp_path: object
):
    gateway, _ = signatures
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, f"{tmp_path}/none")
    with pytest.raises(GatewayLogin, match="No AWS credentials"):
        await call(gateway, Signed("eu-central-1"))
    assert gateway.refused == []
