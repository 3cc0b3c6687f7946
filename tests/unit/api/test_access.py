"""Who may use the API, and what counts as sent by Slack: pure decisions."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message

from bot import settings
from bot.api import wire
from bot.api.application import application
from bot.api.service import ApiService
from bot.api.slack import PATH, SlackEvents, genuine, routes
from bot.api.tokens import Holder, Tokens
from bot.runtime.app import serve
from bot.wiring import slack_access
from services.domain.entities import Run, run_id
from services.domain.errors import SettingsError
from services.store import Store, open_database
from services.usecases.sessions import SessionRecords
from tests import builders
from tests.databases import database
from tests.looks import looks

LONG = "x" * 16
SECRET = "s3cret"


def signed(body: bytes, stamp: str, secret: str = SECRET) -> Headers:
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return Headers({"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"})


def test_tokens_name_their_holders_and_who_may_approve():
    tokens = Tokens.read(f"ci={LONG}1, ann+approve={LONG}2=+approve,")
    assert tokens.holder(LONG + "1") == Holder("ci")
    assert tokens.holder(LONG + "2=+approve") == Holder("ann", approves=True)
    assert tokens.holder(LONG) is None
    assert tokens.holder("\udc80") is None
    assert tokens.person("api:ann").approves is True
    assert tokens.person("api:ci").approves is False
    assert tokens.person("api:gone").approves is False
    assert not Tokens.read(" ")


@pytest.mark.parametrize(
    "text", ["ci", "ci=short", f"c i={LONG}", f"a={LONG}, b={LONG}", f"a={LONG}, a={LONG}2"]
)
def test_wrong_tokens_are_a_sentence_that_repeats_none(text: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAYGEN_API_TOKENS", text)
    with pytest.raises(SettingsError, match="RAYGEN_API_TOKENS is wrong") as reported:
        settings.load(env_file=None)
    assert LONG not in reported.value.public


def test_slack_over_http_needs_both_secrets():
    def chosen(**values: str) -> tuple[str, str] | None:
        names = {"SLACK_BOT_TOKEN": "", "SLACK_SIGNING_SECRET": "", **values}
        return slack_access.slack_over_http(settings.load(env_file=None, **names))

    assert chosen() is None
    assert chosen(SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET="s") == ("xoxb-1", "s")
    for half in ({"SLACK_BOT_TOKEN": "xoxb-1"}, {"SLACK_SIGNING_SECRET": "s"}):
        with pytest.raises(SettingsError):
            chosen(**half)


async def test_without_tokens_no_other_machine_is_let_in(tmp_path: Path):
    chosen = settings.load(env_file=None, RAYGEN_API_HOST="0.0.0.0", RAYGEN_STATE_DIR=tmp_path)
    with pytest.raises(SettingsError, match="requires RAYGEN_API_TOKENS"):
        await serve(chosen)


def test_only_a_fresh_signature_of_the_very_body_is_genuine():
    now, body = 1_800_000_000.0, b"command=%2Fraygen"
    assert genuine(SECRET, signed(body, "1800000000"), body, now)
    assert genuine(SECRET, signed(body, "1800000000"), body, now + 299)
    assert not genuine(SECRET, signed(body, "1800000000"), body, now + 301)
    assert not genuine(SECRET, signed(body, "1800000000"), body + b"x", now)
    assert not genuine(SECRET, signed(body, "1800000000", "other"), body, now)
    for stamp in ("", "soon", "-1", "١٨٠٠٠٠٠٠٠٠", "9" * 400):
        headers = Headers(
            raw=[(b"x-slack-request-timestamp", stamp.encode()), (b"x-slack-signature", b"v0=")]
        )
        assert not genuine(SECRET, headers, body, now)
    assert not genuine(SECRET, Headers({}), body, now)


async def test_results_that_are_listed_are_noted_at_once_and_not_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    holder, times = Holder("ci"), list[int]()
    async with open_database(database(tmp_path)) as engine:
        store = Store(engine)
        await store.sessions.ensure(builders.session(channel=holder.user, team=""))
        for number in range(3):
            proposal = builders.proposal(id=f"p_{number}", task_id=f"t_{number}", requester=holder.user)
            await store.tasks.add(builders.proposed_task(id=proposal.task_id, user=holder.user))
            await store.proposals.draft(proposal)
            await store.runs.add(
                Run.of(proposal, approver="api:ann", created_at=1.0), proposal, builders.session()
            )
            await store.runs.end(run_id(proposal.id), builders.passed())
        sessions = SessionRecords(store=store, decisions=cast("Any", None))
        service = ApiService(
            use_cases=cast("Any", SimpleNamespace(sessions=sessions)),
            feeds=cast("Any", None),
            targets=cast("Any", None),
        )
        note = store.audit.looked_at

        async def counted(proposals: Sequence[str], *what: str) -> None:
            times.append(len(proposals))
            await note(proposals, *what)

        monkeypatch.setattr(store.audit, "looked_at", counted)
        for _ in range(2):
            assert len((await service.jobs(holder)).jobs) == 3
        assert times == [3]
        assert sorted(await looks(store)) == [(holder.user, f"p_{each}", "result") for each in range(3)]
        assert not (await store.audit.verify()).flaws


async def test_what_slack_has_not_signed_gets_401_and_nothing_else():
    app = AsyncApp(client=AsyncWebClient(token="xoxb-1"), signing_secret=SECRET)
    body = b'{"type": "url_verification", "challenge": "abc"}'
    events = SlackEvents(app, SECRET)
    assert await answered(events, body, signed(body, str(int(time.time())))) == (200, b'{"challenge": "abc"}')
    for wrong in (Headers({}), signed(body, "1"), signed(b"ssl_check=1", str(int(time.time())))):
        assert await answered(events, body, wrong) == (401, b"")


async def test_of_what_slack_can_not_have_sent_no_body_is_read_and_too_much_of_it_is_401_too():
    """Through all that `raygen serve` puts before it."""
    bolt = AsyncApp(client=AsyncWebClient(token="xoxb-1"), signing_secret=SECRET)
    served = application(cast("ApiService", None), Tokens({}), cast("Any", None), routes(bolt, SECRET))
    now, large = str(int(time.time())), b"x" * (wire.BODY_LIMIT + 1)
    read: list[int] = []
    formless = Headers({"x-slack-request-timestamp": now, "x-slack-signature": "v0=abc"})
    for wrong in (Headers({}), formless, signed(b"x", "1")):
        assert await answered(served, b"x", wrong, read) == (401, b"")
    length = Headers({**signed(large, now), "content-length": str(len(large))})
    assert await answered(served, large, length, read) == (401, b"")
    assert read == []
    assert await answered(served, large, signed(large, now), read) == (401, b"")
    assert await answered(served, b"x", signed(b"y", now), read) == (401, b"")
    assert len(read) == 2, "these can be distinguished by their bodies alone"
    body = b'{"type": "url_verification", "challenge": "abc"}'
    assert await answered(served, body, signed(body, now), read) == (200, b'{"challenge": "abc"}')


async def test_who_goes_away_in_the_middle_is_no_error():
    """Anybody can do so with headers like Slack's."""
    events = SlackEvents(AsyncApp(client=AsyncWebClient(token="xoxb-1"), signing_secret=SECRET), SECRET)
    headers = signed(b"x", str(int(time.time()))).raw
    reported: list[Message] = [
        {"type": "http.request", "body": b"x", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return reported.pop(0)

    async def send(message: Message) -> None:
        reported.append(message)

    await events({"type": "http", "method": "POST", "path": PATH, "headers": headers}, receive, send)
    assert reported[0]["status"] == 401


async def answered(
    events: ASGIApp, body: bytes, headers: Headers, read: list[int] | None = None
) -> tuple[int, bytes]:
    """Status and body; `read` notes how much of the request was taken."""
    sent: list[Message] = []
    raw = [*headers.raw, (b"content-type", b"application/json")]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "query_string": b"",
        "headers": raw,
    }

    async def receive() -> Message:
        if read is not None:
            read.append(len(body))
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await events(scope, receive, send)
    return sent[0]["status"], sent[1].get("body", b"")
