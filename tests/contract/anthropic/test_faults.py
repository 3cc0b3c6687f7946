"""Every fault that a script can hold, as the real SDK sees it."""

import asyncio
import time
from collections.abc import AsyncIterator

import anthropic
import httpx2
import pytest

from bot.playground.anthropic import Cut, ErrorEvent, HttpError, ModelStandIn, Reset, Stall, say
from tests.waiting import PATIENCE

from .wire import ask, client_of, overhear

STATUSES = [
    (400, anthropic.BadRequestError, "invalid_request_error"),
    (401, anthropic.AuthenticationError, "authentication_error"),
    (403, anthropic.PermissionDeniedError, "permission_error"),
    (404, anthropic.NotFoundError, "not_found_error"),
    (413, anthropic.RequestTooLargeError, "request_too_large"),
    (429, anthropic.RateLimitError, "rate_limit_error"),
    (500, anthropic.InternalServerError, "api_error"),
    (503, anthropic.ServiceUnavailableError, "api_error"),
    (529, anthropic.OverloadedError, "overloaded_error"),
]


@pytest.fixture
async def standin() -> AsyncIterator[ModelStandIn]:
    async with ModelStandIn(pace=0.0).serve() as serving:
        yield serving


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(("status", "kind", "name"), STATUSES)
async def test_a_refusal_before_the_first_byte(
    standin: ModelStandIn, *, streamed: bool, status: int, kind: type[anthropic.APIStatusError], name: str
):
    standin.script.add(HttpError(status, "Not now.", retry_after=7))
    async with client_of(standin) as client:
        with pytest.raises(kind) as caught:
            await client.messages.create(**ask("x"), stream=streamed)
    assert caught.value.status_code == status
    assert caught.value.type == name
    assert caught.value.api_message == "Not now."
    assert caught.value.request_id.startswith("req_")
    assert caught.value.response.headers["retry-after"] == "7"
    assert caught.value.response.headers["request-id"] == caught.value.request_id


@pytest.mark.parametrize(
    "fault", [HttpError(429, retry_after=0), HttpError(529, retry_after=0), Reset(after=0)]
)
async def test_the_sdk_gets_over_a_passing_fault(standin: ModelStandIn, fault: HttpError | Reset):
    standin.script.add(fault, say("At last."))
    async with client_of(standin, retries=2) as client, client.messages.stream(**ask("x")) as stream:
        assert await stream.get_final_text() == "At last."
    assert len(standin.requests) == 2


async def test_retry_after_is_obeyed(standin: ModelStandIn):
    standin.script.add(HttpError(503, retry_after=0.3), say("At last."))
    begun = time.perf_counter()
    async with client_of(standin, retries=1) as client:
        await client.messages.create(**ask("x"))
    assert time.perf_counter() - begun >= 0.3


async def test_an_error_event_in_mid_stream(standin: ModelStandIn):
    standin.script.add(ErrorEvent("overloaded_error", "Overloaded", after=5))
    seen: list[str] = []
    async with client_of(standin) as client:
        with pytest.raises(anthropic.APIStatusError) as caught:
            await overhear(client, seen)
    assert seen
    assert caught.value.status_code == 200
    assert caught.value.type == "overloaded_error"


async def test_a_reset_in_mid_stream(standin: ModelStandIn):
    standin.script.add(Reset(after=5))
    seen: list[str] = []
    async with client_of(standin) as client:
        with pytest.raises((httpx2.HTTPError, anthropic.APIConnectionError)):
            await overhear(client, seen)
    assert seen


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_reset_before_the_first_byte(standin: ModelStandIn, *, streamed: bool):
    standin.script.add(Reset(after=0))
    async with client_of(standin) as client:
        with pytest.raises(anthropic.APIConnectionError):
            await client.messages.create(**ask("x"), stream=streamed)


async def test_a_stream_without_its_end_looks_whole_to_the_sdk(standin: ModelStandIn):
    standin.script.add(Cut(missing=2))
    async with client_of(standin) as client, client.messages.stream(**ask("x")) as stream:
        message = await stream.get_final_message()
    assert message.content
    assert message.stop_reason is None


async def test_only_message_stop_is_missing(standin: ModelStandIn):
    standin.script.add(Cut(missing=1))
    async with client_of(standin) as client, client.messages.stream(**ask("x")) as stream:
        kinds = [event.type async for event in stream]
    assert "message_delta" in kinds
    assert "message_stop" not in kinds


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_stall_runs_into_the_clients_time_limit(standin: ModelStandIn, *, streamed: bool):
    standin.script.add(Stall(seconds=2 * PATIENCE))
    async with client_of(standin, timeout=0.3) as client:
        with pytest.raises((httpx2.TimeoutException, anthropic.APITimeoutError)):
            await (overhear(client, []) if streamed else client.messages.create(**ask("x")))


async def test_a_short_stall_only_delays(standin: ModelStandIn):
    standin.script.add(Stall(seconds=0.2, answer=say("Here.")))
    async with client_of(standin) as client, client.messages.stream(**ask("x")) as stream:
        assert await stream.get_final_text() == "Here."


@pytest.mark.parametrize("fault", [ErrorEvent(), Cut()])
async def test_faults_of_streams_are_server_errors_without_a_stream(
    standin: ModelStandIn, fault: ErrorEvent | Cut
):
    standin.script.add(fault)
    async with client_of(standin) as client:
        with pytest.raises(anthropic.InternalServerError):
            await client.messages.create(**ask("x"))


async def test_a_client_that_leaves_harms_nobody(standin: ModelStandIn):
    standin.script.add(Stall(seconds=2 * PATIENCE), say("Next."))
    async with client_of(standin) as client:
        leaving = asyncio.create_task(client.messages.create(**ask("x")))
        await standin.received()
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        message = await client.messages.create(**ask("y"))
    assert message.content[0].text == "Next."


async def test_serving_ends_at_once_even_while_a_request_stalls():
    async with asyncio.timeout(PATIENCE):
        async with ModelStandIn(pace=0.0).serve() as standin, client_of(standin) as client:
            standin.script.add(Stall(seconds=2 * PATIENCE))
            hanging = asyncio.create_task(client.messages.create(**ask("x")))
            await standin.received()
        with pytest.raises(anthropic.APIError):
            await hanging


async def test_a_cookbook_that_breaks_is_a_server_error():
    def broken(_: object):
        raise RuntimeError("spilled")

    async with ModelStandIn(cookbook=broken).serve() as standin, client_of(standin) as client:
        with pytest.raises(anthropic.InternalServerError) as caught:
            await client.messages.create(**ask("x"))
    assert "spilled" not in str(caught.value)
