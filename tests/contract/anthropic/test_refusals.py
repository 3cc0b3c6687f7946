"""What the Messages API refuses, in its own words."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import anthropic
import pytest

from bot.playground.anthropic import ModelStandIn

from .wire import MODEL, WRITE, ask, client_of, tool

CALL = {"type": "tool_use", "id": "toolu_1", "name": "write_program", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "done"}
HEADERS = {"x-api-key": "k", "anthropic-version": "2023-06-01"}


def said(role: str, *content: Any) -> dict[str, Any]:
    return {"role": role, "content": content[0] if isinstance(content[0], str) else list(content)}


def talk(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"model": MODEL, "max_tokens": 100, "messages": list(messages), **more}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"model": MODEL, "messages": [said("user", "x")]}, "max_tokens: Field required"),
    ({"model": MODEL, "max_tokens": 1}, "messages: Field required"),
    ({"max_tokens": 1, "messages": [said("user", "x")]}, "model: Field required"),
    (ask("x", temperature=0.5), "`temperature` is deprecated"),
    (ask("x", top_p=0.5), "`top_p` is deprecated"),
    (ask("x", nonsense=1), "nonsense: Extra inputs are not permitted"),
    (ask("x") | {"max_tokens": 10**6}, "maximum allowed number of output tokens"),
    (ask("x") | {"max_tokens": -1}, "max_tokens: Input should be greater"),
    (talk(), "at least one message is required"),
    (talk(said("assistant", "x")), 'first message must use the "user" role'),
    (talk(said("user", "x"), said("assistant", "so")), "does not support assistant message prefill"),
    (talk(said("system", "x")), "messages.0.role"),
    (talk(said("user", "")), "text content blocks must be non-empty"),
    (talk(said("user", "  ")), "must contain non-whitespace text"),
    (talk({"role": "user", "content": []}), "all messages must have non-empty content"),
    (talk(said("user", {"type": "poem"})), "messages.0.content.0"),
    (talk(said("user", RESULT)), "unexpected `tool_use_id` found"),
    (
        talk(said("user", "x"), said("assistant", CALL), said("user", "y")),
        "`tool_use` ids were found without",
    ),
    (
        talk(said("user", "x"), said("assistant", CALL), said("user", {**RESULT, "tool_use_id": "toolu_2"})),
        "`tool_use` ids were found without",
    ),
    (
        talk(said("user", "x"), said("assistant", CALL), said("user", RESULT, RESULT)),
        "must have a single result",
    ),
    (talk(said("user", CALL)), "can only be in `assistant` messages"),
    (ask("x", tools=[WRITE, WRITE]), "Tool names must be unique"),
    (ask("x", tools=[tool("bad name")]), "tools.0.name"),
    (ask("x", tools=[{"name": "t", "input_schema": {"type": "array"}}]), "tools.0.input_schema.type"),
    (ask("x", tools=[WRITE], tool_choice={"type": "tool", "name": "other"}), "'other' not found"),
    (ask("x", tool_choice={"type": "any"}), "only be specified while providing tools"),
    (
        ask("x", system=[{"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}] * 5),
        "A maximum of 4 blocks with cache_control",
    ),
]


@pytest.fixture
async def standin() -> AsyncIterator[ModelStandIn]:
    async with ModelStandIn(pace=0.0).serve() as serving:
        yield serving


@pytest.mark.parametrize(
    ("request_", "sentence"), REFUSED, ids=lambda value: value[:40] if isinstance(value, str) else ""
)
async def test_a_wrong_request_is_refused_as_the_service_does(
    standin: ModelStandIn, request_: dict[str, Any], sentence: str
):
    async with client_of(standin) as client:
        with pytest.raises(anthropic.BadRequestError) as caught:
            await client.post("/v1/messages", body=request_, cast_to=object)
    assert caught.value.type == "invalid_request_error"
    assert sentence in caught.value.api_message


async def test_a_right_conversation_with_tools_is_taken(standin: ModelStandIn):
    turns = [said("user", "estimate pi"), said("assistant", CALL), said("user", RESULT)]
    async with client_of(standin) as client:
        message = await client.messages.create(**talk(*turns, tools=[WRITE]))
    assert message.content[0].text


async def test_an_unknown_model_is_not_found(standin: ModelStandIn):
    async with client_of(standin) as client:
        with pytest.raises(anthropic.NotFoundError) as caught:
            await client.messages.create(**ask("x") | {"model": "claude-none"})
    assert caught.value.type == "not_found_error"
    assert caught.value.api_message == "model: claude-none"


async def test_a_refused_request_uses_up_nothing_of_the_cookbook(standin: ModelStandIn):
    async with client_of(standin) as client:
        with pytest.raises(anthropic.BadRequestError):
            await client.post("/v1/messages", body={"model": MODEL}, cast_to=object)
    assert list(standin.requests) == [{"model": MODEL}]


@pytest.mark.parametrize(
    ("call", "headers", "body", "expected"),
    [
        ("POST /v1/messages", {}, b"{}", (401, "authentication_error")),
        ("POST /v1/messages", {"x-api-key": "k"}, b"{}", (400, "invalid_request_error")),
        ("POST /v1/messages", HEADERS, b"{no json", (400, "invalid_request_error")),
        ("POST /v1/messages", HEADERS, b"[]", (400, "invalid_request_error")),
        ("POST /v1/messages", HEADERS, b"\xff", (400, "invalid_request_error")),
        ("POST /v1/nowhere", HEADERS, b"{}", (404, "not_found_error")),
        ("GET /v1/messages", HEADERS, None, (405, "invalid_request_error")),
        ("GET /v1/models?limit=x", HEADERS, None, (400, "invalid_request_error")),
    ],
)
async def test_errors_below_the_sdk(
    standin: ModelStandIn, call: str, headers: dict[str, str], body: bytes | None, expected: tuple[int, str]
):
    method, path = call.split()
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, standin.url + path, headers=headers, data=body) as answer,
    ):
        payload = json.loads(await answer.read())
    assert payload["type"] == "error"
    assert (answer.status, payload["error"]["type"]) == expected
    assert payload["request_id"] == answer.headers["request-id"]


async def test_a_request_of_more_than_32_megabytes_is_too_large(standin: ModelStandIn):
    async with client_of(standin) as client:
        with pytest.raises(anthropic.RequestTooLargeError):
            await client.messages.create(**ask("x" * (33 * 1024**2)))


async def test_a_taken_port_is_said(standin: ModelStandIn):
    port = int(standin.url.rpartition(":")[2])
    with pytest.raises(OSError, match="address already in use"):
        async with ModelStandIn().serve(port):
            pass
