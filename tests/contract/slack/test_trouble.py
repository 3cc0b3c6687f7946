"""Rate limits, injected faults, and what the page is guarded by."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.rules import SLACK_TIERS, RateLimit, Rules
from bot.playground.slack.server import SlackStandIn
from tests.contract.slack.people import People, client_at, people_at
from tests.waiting import PATIENCE


async def test_updates_are_limited_per_channel() -> None:
    slack = SlackStandIn(rules=Rules(rate_limits=SLACK_TIERS))
    async with slack.serve():
        client = client_at(slack.api_url)
        ray = (await client.chat_postMessage(channel="CRAY", text="0"))["ts"]
        general = (await client.chat_postMessage(channel="CGENERAL", text="0"))["ts"]
        for number in range(50):
            await client.chat_update(channel="CRAY", ts=ray, text=str(number))
        with pytest.raises(SlackApiError) as refusal:
            await client.chat_update(channel="CRAY", ts=ray, text="one too many")
        response = refusal.value.response
        assert (response.status_code, response["error"]) == (429, "ratelimited")
        assert 0 < int(response.headers["Retry-After"]) <= 60
        assert (await client.chat_update(channel="CGENERAL", ts=general, text="1"))["ok"]


async def test_the_sdk_waits_out_a_rate_limit() -> None:
    limits = {"chat.postMessage": RateLimit(1, seconds=0.3)}
    slack = SlackStandIn(rules=Rules(rate_limits=limits))
    async with slack.serve():
        client = client_at(slack.api_url, retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=2)])
        await client.chat_postMessage(channel="CRAY", text="1")
        assert (await client.chat_postMessage(channel="CRAY", text="2"))["ok"]


async def test_faults_hit_the_next_calls_only(client: AsyncWebClient, people: People) -> None:
    await people.post("/play/faults", method="chat.postMessage", error="fatal_error")
    with pytest.raises(SlackApiError, match="fatal_error"):
        await client.chat_postMessage(channel="CRAY", text="1")
    await people.post("/play/faults", method="chat.postMessage", error="ratelimited", retry_after=7)
    with pytest.raises(SlackApiError) as limited:
        await client.chat_postMessage(channel="CRAY", text="1")
    assert limited.value.response.headers["Retry-After"] == "7"
    await people.post("/play/faults", status=503)
    with pytest.raises(SlackApiError) as broken:
        await client.auth_test()
    assert broken.value.response.status_code == 503
    await client.chat_postMessage(channel="CRAY", text="2")
    assert [one["text"] for one in await people.messages()] == ["2"]


async def test_a_lost_answer_to_a_call_that_was_carried_out(client: AsyncWebClient, people: People) -> None:
    await people.post("/play/faults", method="chat.postMessage", status=502, after=True)
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel="CRAY", text="done all the same")
    assert [one["text"] for one in await people.messages()] == ["done all the same"]


async def test_a_hanging_call(client: AsyncWebClient, people: People) -> None:
    await people.post("/play/faults", method="auth.test", hang=PATIENCE)
    impatient = client_at(client.base_url, timeout=0.1, retry_handlers=[])
    with pytest.raises(TimeoutError):
        await impatient.auth_test()
    await people.post("/play/faults", clear=True)
    assert (await client.auth_test())["ok"]


async def test_other_sites_may_not_drive_it(people: People) -> None:
    body = {"user": "UENGINEER", "channel": "CRAY", "text": "x"}
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        async with people.http.post("/play/message", json=body, headers=headers) as response:
            assert response.status == 403
    assert await people.messages() == []


async def test_every_call_is_described(people: People) -> None:
    endpoints = (await people.get("/play"))["endpoints"]
    assert len(endpoints) > 20
    assert all(one["does"].endswith((".", "`")) and len(one["does"]) < 160 for one in endpoints)
    async with people.http.get("/") as page:
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]


async def test_the_workspace_and_what_is_missing() -> None:
    async def missing() -> dict[str, str]:
        return {"target": "The cluster is starting."}

    slack = SlackStandIn(readiness=missing, about=lambda: {"model": "the cookbook"})
    async with slack.serve() as url, people_at(url) as people:
        assert set((await people.get("/play/ready"))["missing"]) == {"target", "slack"}
        found = await people.get("/play/state")
    assert found["about"] == {"model": "the cookbook"}
    assert found["bot"]["user_id"] == "URAYGEN"
    assert found["commands"][0]["command"] == "/raygen"
    assert {"CGENERAL", "CRAY", "DENGINEER", "DAPPROVER", "DGUEST"} == {
        one["id"] for one in found["channels"]
    }
