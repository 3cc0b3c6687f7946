"""The stand-in's Web API answers what Slack publishes, for each method that raygen calls."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from slack_sdk.web.async_client import AsyncWebClient

from bot.deploy.surfaces import READING, called
from bot.playground.slack.distribution import Apps
from bot.playground.slack.installed import Installed
from bot.playground.slack.server import SlackStandIn
from bot.playground.slack.workspace import APP_TOKEN
from tests.contract.slack.child import patient
from tests.contract.slack.people import MODAL, People, client_at, line, people_at
from tests.contract.slack.published import Json, differences
from tests.contract.slack.published.answers import ANSWERS
from tests.contract.slack.test_published import EVERYTHING

pytestmark = pytest.mark.asyncio(loop_scope="module")
ME = "UENGINEER"
#: What the SDK makes of one call of raygen's.
COMPOSED = {"files_upload_v2": ("files.getUploadURLExternal", "files.completeUploadExternal")}
SCOPES = (
    "channels:read chat:write files:read files:write im:write links:write reactions:write usergroups:read "
    "users:read channels:history assistant:write"
)
ALL: Json = {
    **EVERYTHING,
    "oauth_config": {
        "scopes": {"bot": [*EVERYTHING["oauth_config"]["scopes"]["bot"], *SCOPES.split()]},
    },
}


class Caller:
    """Calls methods by name, and keeps their answers."""

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client
        self.answers: dict[str, Json] = {}

    async def __call__(self, method: str, **arguments: Any) -> Json:
        response = await self.client.api_call(method, json=arguments)
        answer = dict(response.data) if isinstance(response.data, dict) else {}
        self.answers[method] = answer
        return answer


async def call_all(call: Caller, people: People, slack: SlackStandIn) -> None:
    root = (await people.say("see https://runs.example/runs/r1"))["ts"]
    posted = await call("chat.postMessage", channel="CRAY", text="hello", thread_ts=root)
    at = {"channel": "CRAY", "ts": posted["ts"]}
    await call("chat.update", **at, text="hello again")
    await call("chat.getPermalink", channel="CRAY", message_ts=posted["ts"])
    await call("reactions.add", channel="CRAY", timestamp=posted["ts"], name="eyes")
    await call("conversations.replies", channel="CRAY", ts=root)
    await call("conversations.history", channel="CRAY")
    await call("chat.delete", **at)
    await call("chat.postEphemeral", channel="CRAY", user=ME, text="psst")
    card = {"https://runs.example/runs/r1": {"blocks": [{"type": "divider"}]}}
    await call("chat.unfurl", channel="CRAY", ts=root, unfurls=card)
    named = {"recipient_user_id": ME, "recipient_team_id": "TRAYGEN"}
    stream = await call("chat.startStream", channel="CRAY", thread_ts=root, markdown_text="a", **named)
    at = {"channel": "CRAY", "ts": stream["ts"]}
    await call("chat.appendStream", **at, markdown_text="b")
    await call("chat.stopStream", **at, markdown_text="c")
    session = {"channel_id": "CRAY", "thread_ts": root, "status": "processing", "title": "Pi"}
    await call("agents.sessions.setStatus", **session)
    await call("assistant.threads.setStatus", channel_id="CRAY", thread_ts=root, status="thinks")
    await call("conversations.open", users=ME)
    await call("conversations.info", channel="CRAY")
    await call("conversations.members", channel="CRAY")
    await call("users.info", user=ME)
    await call("usergroups.list")
    await call("usergroups.users.list", usergroup="SPLATFORM")
    opened = await call("views.open", trigger_id=slack.state.grants.trigger(ME), view=MODAL)
    await call("views.update", view_id=opened["view"]["id"], view=MODAL)
    await call("views.publish", user_id=ME, view={"type": "home", "blocks": []})
    begun = await call("files.getUploadURLExternal", filename="numbers.csv", length=8)
    async with people.http.post(begun["upload_url"], data=b"1,2\n3,4\n") as sent:
        assert sent.status == 200
    upload = {"files": [{"id": begun["file_id"], "title": "numbers.csv"}], "channel_id": "CRAY"}
    await call("files.completeUploadExternal", **upload)
    await call("files.info", file=begun["file_id"])
    for end, result in (("completeSuccess", {"outputs": {"result": 2}}), ("completeError", {"error": "no"})):
        step = await people.post("/play/step", user=ME, callback_id="double")
        await call(f"functions.{end}", function_execution_id=step["execution"], **result)
    await call("auth.test")
    own = {"client_id": slack.apps.client_id, "client_secret": slack.apps.client_secret}
    back = "https://raygen.example/slack/oauth_redirect"
    code = slack.apps.allow("TRAYGEN", ME, "commands", back)
    await call("oauth.v2.access", code=code, redirect_uri=back, **own)
    connected = await AsyncWebClient(token=APP_TOKEN, base_url=slack.api_url).apps_connections_open(
        app_token=APP_TOKEN
    )
    call.answers["apps.connections.open"] = {"ok": connected["ok"], "url": connected["url"]}
    await call("auth.revoke")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def answers() -> AsyncGenerator[dict[str, Json]]:
    slack = SlackStandIn(rules=patient(Installed.by(ALL)), apps=Apps())
    async with slack.serve(), people_at(slack.url) as people:
        call = Caller(client_at(slack.api_url))
        await call_all(call, people, slack)
        yield call.answers


@pytest.mark.parametrize("method", ANSWERS)
async def test_an_answer_has_all_that_is_published(answers: dict[str, Json], method: str) -> None:
    published = ANSWERS[method]
    assert list(differences(published.body, answers[method], published.left_out)) == [], published.page


async def test_nothing_that_raygen_calls_is_left_out() -> None:
    methods = {
        name for call in called() - {READING} for name in COMPOSED.get(call, (call.replace("_", "."),))
    }
    assert methods - set(ANSWERS) == set()


async def test_a_session_without_a_stop_button_gets_that_answer() -> None:
    """Slack shows the button to apps that listen to it, and warns the others."""
    settings = {**ALL["settings"], "event_subscriptions": {"bot_events": ["message.channels"]}}
    slack = SlackStandIn(rules=patient(Installed.by({**ALL, "settings": settings})))
    async with slack.serve(), people_at(slack.url) as people:
        client = client_at(slack.api_url)
        async with line(client):
            root = (await people.say("hello"))["ts"]
            reported = await client.agents_sessions_setStatus(
                channel_id="CRAY", thread_ts=root, status="processing"
            )
    assert reported["warning"] == "missing_agent_session_stopped_event_subscription"
