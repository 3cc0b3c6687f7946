"""chat.*, conversations.* and reactions.*, through the real AsyncWebClient."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.metadata import Metadata
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.server import SlackStandIn
from bot.playground.slack.workspace import APP_TOKEN, group, private
from tests.contract.slack.people import People, client_at, line


def code(refusal: pytest.ExceptionInfo[SlackApiError]) -> str:
    return refusal.value.response["error"]


async def test_auth_names_the_bot(client: AsyncWebClient) -> None:
    who = await client.auth_test()
    assert (who["user_id"], who["bot_id"], who["team_id"]) == ("URAYGEN", "BRAYGEN", "TRAYGEN")
    assert "chat:write" in who.headers["x-oauth-scopes"]


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), (APP_TOKEN, "not_allowed_token_type")],
)
async def test_wrong_tokens(client: AsyncWebClient, token: str, error: str) -> None:
    with pytest.raises(SlackApiError) as refusal:
        await AsyncWebClient(token=token, base_url=client.base_url).auth_test()
    assert code(refusal) == error


async def test_unknown_method(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refusal:
        await client.api_call("chat.whisper")
    assert code(refusal) == "unknown_method"


async def test_a_thread_counts_its_replies(client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel="#ray", text="root")
    first = await client.chat_postMessage(channel="CRAY", text="one", thread_ts=root["ts"])
    last = await client.chat_postMessage(channel="CRAY", text="two", thread_ts=first["ts"])
    assert float(root["ts"]) < float(first["ts"]) < float(last["ts"])
    found = (await client.conversations_replies(channel="CRAY", ts=root["ts"]))["messages"]
    assert [one["text"] for one in found] == ["root", "one", "two"]
    assert found[0]["reply_count"] == 2
    assert found[0]["latest_reply"] == last["ts"]
    assert found[2]["thread_ts"] == root["ts"]
    history = (await client.conversations_history(channel="CRAY"))["messages"]
    assert [one["text"] for one in history] == ["root"]


async def test_metadata_is_found_again_only_on_request(client: AsyncWebClient) -> None:
    marker = Metadata(event_type="raygen", event_payload={"task": "t_1"})
    posted = await client.chat_postMessage(channel="CRAY", text="x", metadata=marker)
    await client.chat_update(channel="CRAY", ts=posted["ts"], text="y")
    plain = await client.conversations_history(channel="CRAY")
    marked = await client.conversations_history(channel="CRAY", include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert marked["messages"][0]["metadata"] == marker.to_dict()


async def test_history_pages_and_bounds(client: AsyncWebClient) -> None:
    stamps = [(await client.chat_postMessage(channel="CRAY", text=str(n)))["ts"] for n in range(5)]
    texts: list[str] = []
    async for page in await client.conversations_history(channel="CRAY", limit=2):
        texts += [one["text"] for one in page["messages"]]
    assert texts == ["4", "3", "2", "1", "0"]
    inner = await client.conversations_history(channel="CRAY", oldest=stamps[1], latest=stamps[3])
    assert [one["text"] for one in inner["messages"]] == ["2"]
    bounds = await client.conversations_history(
        channel="CRAY", oldest=stamps[1], latest=stamps[3], inclusive=True
    )
    assert [one["text"] for one in bounds["messages"]] == ["3", "2", "1"]


async def test_update_keeps_blocks_that_are_not_named(client: AsyncWebClient) -> None:
    blocks = [{"type": "divider"}]
    posted = await client.chat_postMessage(channel="CRAY", text="x", blocks=blocks)
    kept = await client.chat_update(channel="CRAY", ts=posted["ts"], text="y")
    assert kept["message"]["blocks"][0]["type"] == "divider"
    assert kept["message"]["edited"]["user"] == "URAYGEN"
    gone = await client.chat_update(channel="CRAY", ts=posted["ts"], text="z", blocks=[])
    assert [one["type"] for one in gone["message"]["blocks"]] == ["rich_text"], "which Slack makes of words"


async def test_a_deleted_root_leaves_a_tombstone(client: AsyncWebClient, people: People) -> None:
    root = (await client.chat_postMessage(channel="CRAY", text="root"))["ts"]
    reply = (await client.chat_postMessage(channel="CRAY", text="reply", thread_ts=root))["ts"]
    await client.chat_delete(channel="CRAY", ts=root)
    [left] = await people.messages()
    assert (left["subtype"], left["text"]) == ("tombstone", "This message was deleted.")
    assert [one["text"] for one in left["replies"]] == ["reply"]
    await client.chat_delete(channel="CRAY", ts=reply)
    assert await people.messages() == []


async def test_refusals(client: AsyncWebClient, people: People) -> None:
    theirs = (await people.say("mine"))["ts"]
    calls = {
        "channel_not_found": client.chat_postMessage(channel="CNOWHERE", text="x"),
        "no_text": client.api_call("chat.postMessage", json={"channel": "CRAY", "text": "  "}),
        "thread_not_found": client.chat_postMessage(channel="CRAY", text="x", thread_ts="1.000001"),
        "message_not_found": client.chat_update(channel="CRAY", ts="1.000001", text="x"),
        "cant_update_message": client.chat_update(channel="CRAY", ts=theirs, text="x"),
        "cant_delete_message": client.chat_delete(channel="CRAY", ts=theirs),
        "invalid_blocks_format": client.chat_postMessage(channel="CRAY", text="x", blocks="[{"),
        "invalid_metadata_schema": client.chat_postMessage(channel="CRAY", text="x", metadata={"a": 1}),
        "user_not_in_channel": client.chat_postEphemeral(channel="DENGINEER", user="UGUEST", text="x"),
        "invalid_cursor": client.conversations_history(channel="CRAY", cursor="?"),
        "users_not_found": client.users_lookupByEmail(email="nobody@nowhere.example"),
        "user_not_found": client.users_info(user="UNOBODY"),
        "no_reaction": client.reactions_remove(channel="CRAY", timestamp=theirs, name="eyes"),
        "bot_not_found": client.bots_info(bot="BOTHER"),
    }
    for expected, call in calls.items():
        with pytest.raises(SlackApiError) as refusal:
            await call
        assert code(refusal) == expected


async def test_outside_a_channel_the_bot_reads_and_writes_nothing(
    client: AsyncWebClient, people: People
) -> None:
    await people.post("/play/members", channel="CRAY", joined=False)
    with pytest.raises(SlackApiError) as refusal:
        await client.chat_postMessage(channel="CRAY", text="x")
    assert code(refusal) == "not_in_channel"
    assert (await client.conversations_info(channel="CRAY"))["channel"]["is_member"] is False
    await client.conversations_join(channel="CRAY")
    assert (await client.chat_postMessage(channel="CRAY", text="x"))["ok"]


async def test_what_is_private_is_known_to_its_members_alone(
    standin: SlackStandIn, client: AsyncWebClient, people: People
) -> None:
    for channel in (
        private("COPS", "ops", ["UENGINEER", "URAYGEN"]),
        private("CBOARD", "board", ["UENGINEER"]),
        group("GTRIO", ["UENGINEER", "UAPPROVER", "URAYGEN"]),
    ):
        standin.state.documents.put("channels", channel["id"], channel)
    listed = await client.conversations_list(types="private_channel,mpim")
    assert [one["id"] for one in listed["channels"]] == ["COPS", "GTRIO"]
    async with line(client) as wire:
        for channel, kind in (("COPS", "group"), ("GTRIO", "mpim")):
            await people.say("hello", channel=channel)
            assert (await wire.event())["payload"]["event"]["channel_type"] == kind
    assert (await client.chat_postMessage(channel="GTRIO", text="x"))["ok"]
    for call in (client.conversations_info, client.conversations_members, client.conversations_join):
        with pytest.raises(SlackApiError) as refusal:
            await call(channel="CBOARD")
        assert code(refusal) == "channel_not_found"


async def test_direct_messages_by_user(client: AsyncWebClient, people: People) -> None:
    opened = await client.conversations_open(users="UGUEST")
    assert opened["channel"]["id"] == "DGUEST"
    await client.chat_postMessage(channel="UGUEST", text="hello")
    assert [one["text"] for one in await people.messages("UGUEST")] == ["hello"]
    listed = await client.conversations_list(types="im,public_channel")
    assert {"CRAY", "DGUEST"} < {one["id"] for one in listed["channels"]}
    assert (await client.conversations_members(channel="DGUEST"))["members"] == ["UGUEST", "URAYGEN"]


async def test_reactions(client: AsyncWebClient, people: People) -> None:
    ts = (await people.say("mine"))["ts"]
    await client.reactions_add(channel="CRAY", timestamp=ts, name="eyes")
    await people.post("/play/react", user="UGUEST", channel="CRAY", ts=ts, name=":eyes:")
    found = await client.reactions_get(channel="CRAY", timestamp=ts)
    assert found["message"]["reactions"] == [{"name": "eyes", "users": ["URAYGEN", "UGUEST"], "count": 2}]
    with pytest.raises(SlackApiError) as refusal:
        await client.reactions_add(channel="CRAY", timestamp=ts, name="eyes")
    assert code(refusal) == "already_reacted"


async def test_permalinks_lead_to_the_page(client: AsyncWebClient, people: People) -> None:
    ts = (await client.chat_postMessage(channel="CRAY", text="x"))["ts"]
    link = (await client.chat_getPermalink(channel="CRAY", message_ts=ts))["permalink"]
    async with people.http.get(link, allow_redirects=False) as response:
        assert response.headers["Location"] == f"/#/CRAY/{ts}"


async def test_who_is_here(client: AsyncWebClient) -> None:
    guest = (await client.users_info(user="UGUEST"))["user"]
    assert guest["is_restricted"]
    assert len((await client.users_list())["members"]) >= 4
    assert (await client.users_profile_get(user="UENGINEER"))["profile"]["display_name"] == "erin"
    assert (await client.bots_info(bot="BRAYGEN"))["bot"]["app_id"] == "ARAYGEN"
    assert (await client.team_info())["team"]["id"] == "TRAYGEN"
    joined = await client.users_conversations(user="UGUEST", types="im")
    assert [one["id"] for one in joined["channels"]] == ["DGUEST"]


async def test_forms_and_json_mean_the_same(client: AsyncWebClient) -> None:
    blocks = '[{"type": "divider"}]'
    form = {"channel": "CRAY", "text": "form", "blocks": blocks}
    posted = await client.api_call("chat.postMessage", data=form)
    assert posted["message"]["blocks"][0]["type"] == "divider"
    other = await client_at(client.base_url).api_call("api.test", params={"a": "1"})
    assert other["args"] == {"a": "1"}


async def test_words_without_blocks_come_as_rich_text_to_whoever_reads_them(
    client: AsyncWebClient, people: People
) -> None:
    text = "*Look* <@URAYGEN>, <https://example.com|there> &amp; `x &lt; 1` :eyes:\n```\nprint(1)\n```"
    said = await client.chat_postMessage(channel="CRAY", text=text)
    [block] = said["message"]["blocks"]
    section, code = block["elements"]
    assert section["elements"] == [
        {"type": "text", "text": "Look", "style": {"bold": True}},
        {"type": "text", "text": " "},
        {"type": "user", "user_id": "URAYGEN"},
        {"type": "text", "text": ", "},
        {"type": "link", "url": "https://example.com", "text": "there"},
        {"type": "text", "text": " & "},
        {"type": "text", "text": "x < 1", "style": {"code": True}},
        {"type": "text", "text": " "},
        {"type": "emoji", "name": "eyes"},
    ]
    assert code["type"] == "rich_text_preformatted"
    assert code["elements"] == [{"type": "text", "text": "print(1)"}]
    history = await client.conversations_history(channel="CRAY")
    assert history["messages"][0]["blocks"] == [block]
    kept = await client.chat_update(channel="CRAY", ts=said["ts"], text=text, blocks=[block])
    assert kept["message"]["blocks"] == [block], "and gives back what it gave"
    async with line(client) as wire:
        await people.say("plain <!here>")
        while (event := (await wire.event())["payload"]["event"]).get("user") != "UENGINEER":
            pass
    [block] = event["blocks"]
    assert block["elements"][0]["elements"] == [
        {"type": "text", "text": "plain "},
        {"type": "broadcast", "range": "here"},
    ]


async def test_an_app_hears_the_metadata_of_a_new_message(client: AsyncWebClient) -> None:
    marker = {"event_type": "note", "event_payload": {"id": "n_1"}}
    async with line(client) as wire:
        await client.chat_postMessage(channel="CRAY", text="x", metadata=marker)
        event = (await wire.receive())["payload"]["event"]
    assert event["metadata"] == marker


async def test_under_a_message_of_another_app_people_and_apps_reply(
    client: AsyncWebClient, standin: SlackStandIn, people: People
) -> None:
    alert = {"subtype": "bot_message", "bot_id": "BOTHER", "username": "alerts", "text": "disk is full"}
    ts = standin.state.messages.post("CRAY", alert)["ts"]
    await people.say("on it", thread_ts=ts)
    await client.chat_postMessage(channel="CRAY", text="so am I", thread_ts=ts)
    await client.reactions_add(channel="CRAY", timestamp=ts, name="eyes")
    found = (await client.conversations_replies(channel="CRAY", ts=ts))["messages"]
    assert [one["text"] for one in found] == ["disk is full", "on it", "so am I"]
    assert (found[0]["reply_count"], "parent_user_id" in found[1]) == (2, False)
