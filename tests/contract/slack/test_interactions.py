"""Commands, clicks, modals and the home tab, with a real Bolt app on the other side."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.rules import Rules
from bot.playground.slack.server import SlackStandIn
from tests.contract.slack.people import MODAL, People, bot, client_at, line, people_at
from tests.waiting import until

Json = dict[str, Any]
Respond = Callable[..., Any]

CARD: list[Json] = [
    {
        "type": "actions",
        "block_id": f"proposal-{value}",
        "elements": [
            {
                "type": "button",
                "text": {"type": "plain_text", "text": "Approve"},
                "action_id": "approve",
                "value": value,
            }
        ],
    }
    for value in ("p_1", "p_2")
]


class Bot:
    """A small bot with a command, a button, a form and a home tab; it remembers what it was sent."""

    def __init__(self) -> None:
        self.clicks: list[Json] = []
        self.submitted: list[Json] = []
        self.closed: list[Json] = []

    def __call__(self, app: AsyncApp) -> None:
        app.command("/raygen")(self.command)
        app.action("approve")(self.approve)
        app.action("edit")(self.edit)
        app.action("pick")(self.note)
        app.view("form")(self.form)
        app.view_closed("form")(self.form_closed)
        app.event("app_home_opened")(self.home)
        app.shortcut("again")(self.note)
        app.options("pick")(self.offer)

    async def command(self, ack: Respond, command: Json, respond: Respond) -> None:
        if command["text"] == "help":
            await ack("Say what to compute.")
            return
        await ack()
        await respond(f"in the open: {command['text']}", response_type="in_channel")

    async def approve(self, ack: Respond, body: Json, respond: Respond) -> None:
        await ack()
        self.clicks.append(body)
        await respond("Approved.", replace_original=True)

    async def edit(self, ack: Respond, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    async def note(self, ack: Respond, body: Json) -> None:
        await ack()
        self.clicks.append(body)

    async def form(self, ack: Respond, body: Json, view: Json) -> None:
        self.submitted.append(body)
        text = view["state"]["values"]["prompt"]["text"]["value"]
        match text:
            case "bad":
                await ack(response_action="errors", errors={"prompt": "Not that."})
            case "next":
                await ack(response_action="push", view={**MODAL, "callback_id": "second"})
            case "other":
                await ack(response_action="update", view={**MODAL, "callback_id": "other"})
            case "away":
                await ack(response_action="clear")
            case "broken":
                await ack(
                    response_action="update", view={**MODAL, "title": {"type": "plain_text", "text": ""}}
                )
            case _:
                await ack()

    async def offer(self, ack: Respond, payload: Json) -> None:
        await ack(options=[{"text": {"type": "plain_text", "text": payload["value"]}, "value": "found"}])

    async def form_closed(self, ack: Respond, body: Json) -> None:
        await ack()
        self.closed.append(body)

    async def home(self, client: AsyncWebClient, event: Json) -> None:
        divider = [{"type": "divider"}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": divider})


async def open_form(people: People, client: AsyncWebClient) -> Json:
    element = {**CARD[0]["elements"][0], "action_id": "edit"}
    card = await client.chat_postMessage(
        channel="CRAY", text="card", blocks=[{"type": "actions", "elements": [element]}]
    )
    await people.post("/play/click", user="UENGINEER", channel="CRAY", ts=card["ts"], action_id="edit")

    async def shown() -> list[Json]:
        return (await people.get("/play/views/UENGINEER"))["views"]

    return (await until(shown))[-1]


async def test_a_command_answers_in_its_acknowledgement(client: AsyncWebClient, people: People) -> None:
    async with bot(client, Bot()):
        answer = await people.command("help")
    assert answer["ok"]
    assert answer["ack"] == {"text": "Say what to compute."}
    assert answer["ack_ms"] > 0
    assert await people.messages() == []
    [reported] = (await people.get("/play/channel/CRAY?user=UENGINEER"))["messages"]
    assert (reported["text"], reported["is_ephemeral"]) == ("Say what to compute.", True)


async def test_a_command_answers_by_its_response_url(client: AsyncWebClient, people: People) -> None:
    async with bot(client, Bot()):
        answer = await people.command("1 < 2")
        [message] = await until(people.messages)
    assert answer["ack"] is None
    assert (message["text"], message["bot_id"]) == ("in the open: 1 &lt; 2", "BRAYGEN")


async def test_commands_that_slack_refuses(people: People) -> None:
    assert (await people.command("x", command="/nothing"))["error"] == "unknown_command"
    assert (await people.command("x", thread_ts="1.2"))["error"] == "not_supported_in_thread"
    assert (await people.command("x", user="UNOBODY"))["error"] == "user_not_found"
    assert (await people.command("x", channel="DGUEST"))["error"] == "not_in_channel"
    assert (await people.post("/play/command", user="UENGINEER"))["error"] == "invalid_arguments"


async def test_a_click_names_its_button_and_is_answered(client: AsyncWebClient, people: People) -> None:
    small = Bot()
    card = await client.chat_postMessage(channel="CRAY", text="card", blocks=CARD)
    at = {"user": "UAPPROVER", "channel": "CRAY", "ts": card["ts"], "action_id": "approve"}
    async with bot(client, small):
        answer = await people.post("/play/click", **at, value="p_2")

        async def replaced() -> bool:
            return (await people.messages())[0]["text"] == "Approved."

        await until(replaced)
        [message] = await people.messages()
        late = await people.post("/play/click", **at, block_id="proposal-p_1")
    assert answer["ok"]
    assert "blocks" not in message
    first = small.clicks[0]
    assert first["actions"][0]["value"] == "p_2"
    assert first["actions"][0]["block_id"] == "proposal-p_2"
    assert (first["user"]["id"], first["container"]["message_ts"]) == ("UAPPROVER", card["ts"])
    assert first["message"]["text"] == "card"
    assert late["ok"], "a client that is behind may still press what was there"
    unknown = await people.post("/play/click", **{**at, "action_id": "other"})
    assert (people.status, unknown["error"]) == (404, "action_not_found")


async def test_selects_carry_what_was_picked(client: AsyncWebClient, people: People) -> None:
    small = Bot()
    options = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("a", "b")]
    select = {"type": "static_select", "action_id": "pick", "options": options}
    block = {"type": "actions", "block_id": "s", "elements": [select]}
    card = await client.chat_postMessage(channel="CRAY", text="card", blocks=[block])
    at = {"user": "UENGINEER", "channel": "CRAY", "ts": card["ts"], "action_id": "pick"}
    async with bot(client, small):
        await people.post("/play/click", **at, selected_option="b")
        wrong = await people.post("/play/click", **at, selected_option="c")
    assert small.clicks[0]["actions"][0]["selected_option"] == options[1]
    assert small.clicks[0]["state"]["values"]["s"]["pick"]["selected_option"] == options[1]
    assert wrong["error"] == "no_such_option"


async def test_a_modal_goes_round(client: AsyncWebClient, people: People) -> None:
    small = Bot()

    async def submit(view: Json, text: str) -> Json:
        values = {"prompt": {"text": text}}
        return await people.post("/play/submit", user="UENGINEER", view_id=view["id"], values=values)

    async with bot(client, small):
        view = await open_form(people, client)
        assert (await submit(view, ""))["errors"] == {"prompt": "Please complete this required field."}
        assert small.submitted == []
        refused = await submit(view, "bad")
        assert (refused["response_action"], refused["errors"]) == ("errors", {"prompt": "Not that."})
        assert (await submit(view, "broken"))["error"] == "invalid_view"
        assert (await submit(view, "other"))["view"]["callback_id"] == "other"
        await client.views_update(view_id=view["id"], view=MODAL)
        assert (await submit(view, "next"))["view"]["previous_view_id"] == view["id"]
        assert len((await people.get("/play/views/UENGINEER"))["views"]) == 2
        pushed = (await people.get("/play/views/UENGINEER"))["views"][-1]
        await people.post("/play/close", user="UENGINEER", view_id=pushed["id"])
        done = await submit(view, "fine")
    assert done["ok"]
    assert "response_action" not in done
    assert (await people.get("/play/views/UENGINEER"))["views"] == []
    assert small.submitted[-1]["view"]["state"]["values"] == {
        "prompt": {"text": {"type": "plain_text_input", "value": "fine"}}
    }


async def test_closing_is_reported_when_asked_for(client: AsyncWebClient, people: People) -> None:
    small = Bot()
    async with bot(client, small):
        view = await open_form(people, client)
        await client.views_update(view_id=view["id"], view={**MODAL, "notify_on_close": True})
        await people.post("/play/close", user="UENGINEER", view_id=view["id"])
    assert small.closed[0]["view"]["id"] == view["id"]


async def test_triggers_expire_and_open_one_view(client: AsyncWebClient, people: People) -> None:
    async def refused(trigger: str) -> str:
        with pytest.raises(SlackApiError) as refusal:
            await client.views_open(trigger_id=trigger, view=MODAL)
        return refusal.value.response["error"]

    async with line(client) as wire:
        asked = asyncio.create_task(people.command("x"))
        envelope = await wire.event()
        await wire.ack(envelope)
        trigger = (await asked)["trigger_id"]
        assert trigger == envelope["payload"]["trigger_id"]
    opened = await client.views_open(trigger_id=trigger, view=MODAL)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=opened["view"]["id"], view=MODAL, hash="1.old")
    assert await refused(trigger) == "exchanged_trigger_id"
    assert await refused("1.2.3") == "invalid_trigger_id"


async def test_a_late_trigger_is_refused() -> None:
    slack = SlackStandIn(rules=Rules(trigger_expiry=0.0))
    async with slack.serve() as url, people_at(url) as people:
        client = client_at(slack.api_url)
        async with line(client) as wire:
            asked = asyncio.create_task(people.command("x"))
            await wire.ack(await wire.event())
            trigger = (await asked)["trigger_id"]
        with pytest.raises(SlackApiError, match="expired_trigger_id"):
            await client.views_open(trigger_id=trigger, view=MODAL)


async def test_the_home_tab(client: AsyncWebClient, people: People) -> None:
    async with bot(client, Bot()):
        assert (await people.post("/play/home", user="UGUEST"))["view"] is None

        async def published() -> Json | None:
            return (await people.get("/play/views/UGUEST"))["home"]

        home = await until(published)
    assert home["type"] == "home"
    assert home["blocks"][0]["type"] == "divider"


async def test_shortcuts(client: AsyncWebClient, people: People) -> None:
    small = Bot()
    ts = (await people.say("look"))["ts"]
    async with bot(client, small):
        await people.post("/play/shortcut", user="UENGINEER", callback_id="again")
        await people.post("/play/shortcut", user="UENGINEER", callback_id="again", channel="CRAY", ts=ts)
    assert [one["type"] for one in small.clicks] == ["shortcut", "message_action"]
    anywhere, pointed = small.clicks
    assert pointed["message"]["text"] == "look"
    assert (pointed["message_ts"], pointed["channel"]["id"]) == (ts, "CRAY")
    assert not {"channel", "message", "response_url"} & set(anywhere), (
        "Slack does not say where it was started"
    )
    for one in small.clicks:
        assert one["trigger_id"]
        assert one["action_ts"]
    async with people.http.post(pointed["response_url"], json={"text": "for you"}) as answered:
        assert answered.status == 200
    alone = (await people.get("/play/channel/CRAY?user=UENGINEER"))["messages"][-1]
    assert (alone["text"], alone["is_ephemeral"]) == ("for you", True)


async def test_a_menu_begins_with_the_conversation_that_a_form_was_opened_in(
    client: AsyncWebClient, people: People
) -> None:
    menu = {"type": "conversations_select", "action_id": "c", "default_to_current_conversation": True}
    label = {"type": "plain_text", "text": "Where"}
    block = {"type": "input", "block_id": "where", "label": label, "element": menu}

    async def open_it(ack: Respond, body: Json) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view={**MODAL, "blocks": [block]})
        await ack()

    async def opened(**more: str) -> Json:
        await people.post("/play/shortcut", user="UENGINEER", callback_id="open", **more)
        (view,) = (await people.get("/play/views/UENGINEER"))["views"]
        return view["state"]["values"]

    async with bot(client, lambda app: app.shortcut("open")(open_it)):
        ts = (await people.say("look"))["ts"]
        for place in ({"channel": "CRAY"}, {"channel": "CRAY", "ts": ts}):
            chosen = {"type": "conversations_select", "selected_conversation": "CRAY"}
            assert await opened(**place) == {"where": {"c": chosen}}
        assert await opened() == {}, "started where there is no conversation"


async def test_a_response_url_is_good_for_five_answers(client: AsyncWebClient, people: People) -> None:
    async with line(client) as wire:
        asked = asyncio.create_task(people.command("x"))
        envelope = await wire.event()
        await wire.ack(envelope, {"text": "shown", "response_type": "in_channel"})
        await asked
    statuses: list[int] = []
    for number in range(6):
        async with people.http.post(
            envelope["payload"]["response_url"], json={"text": str(number)}
        ) as response:
            statuses.append(response.status)
    assert statuses == [200] * 5 + [404]
    assert [one["text"] for one in await people.messages()] == ["shown"]
    private = (await people.get("/play/channel/CRAY?user=UENGINEER"))["messages"]
    assert [one["text"] for one in private] == ["shown", "0", "1", "2", "3", "4"]


async def test_five_people_press_at_once(client: AsyncWebClient, people: People) -> None:
    small = Bot()
    card = await client.chat_postMessage(channel="CRAY", text="card", blocks=CARD[:1])
    at = {"channel": "CRAY", "ts": card["ts"], "action_id": "approve"}
    users = ["UENGINEER", "UAPPROVER", "UGUEST", "UENGINEER", "UAPPROVER"]
    async with bot(client, small):
        answers = await asyncio.gather(*(people.post("/play/click", user=one, **at) for one in users))
    assert all(one["ok"] for one in answers)
    assert sorted(one["user"]["id"] for one in small.clicks) == sorted(users)


async def test_clear_takes_the_whole_stack(client: AsyncWebClient, people: People) -> None:
    async with bot(client, Bot()):
        view = await open_form(people, client)
        for text in ("next", "away"):
            values = {"prompt": {"text": {"type": "plain_text_input", "value": text}}}
            await people.post("/play/submit", user="UENGINEER", view_id=view["id"], values=values)
    assert (await people.get("/play/views/UENGINEER"))["views"] == []


async def test_an_external_select_asks_the_bot(client: AsyncWebClient, people: People) -> None:
    small = Bot()
    select = {"type": "external_select", "action_id": "pick", "min_query_length": 1}
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "Which?"}, "accessory": select}
    card = await client.chat_postMessage(channel="CRAY", text="card", blocks=[block])
    at = {"user": "UENGINEER", "channel": "CRAY", "ts": card["ts"], "action_id": "pick"}
    async with bot(client, small):
        offered = (await people.post("/play/options", **at, value="pi"))["options"]
        await people.post("/play/click", **at, selected_option=offered[0])
    assert offered[0]["text"]["text"] == "pi"
    assert small.clicks[0]["actions"][0]["selected_option"] == offered[0]


async def test_ephemeral_messages_can_be_pressed_and_taken_away(
    client: AsyncWebClient, people: People
) -> None:
    async def seen(user: str) -> list[Json]:
        return (await people.get(f"/play/channel/CRAY?user={user}"))["messages"]

    sent = await client.chat_postEphemeral(channel="CRAY", user="UENGINEER", text="psst", blocks=CARD[:1])
    at = {"channel": "CRAY", "ts": sent["message_ts"], "action_id": "approve"}
    async with line(client) as wire:
        asked = asyncio.create_task(people.post("/play/click", user="UENGINEER", **at))
        envelope = await wire.event()
        await wire.ack(envelope)
        assert (await asked)["ok"]
    assert "message" not in envelope["payload"]
    assert envelope["payload"]["container"]["is_ephemeral"]
    assert await seen("UGUEST") == []
    assert (await people.post("/play/click", user="UGUEST", **at))["error"] == "message_not_found"
    async with people.http.post(
        envelope["payload"]["response_url"], json={"delete_original": True}
    ) as response:
        assert response.status == 200
    assert await seen("UENGINEER") == []
