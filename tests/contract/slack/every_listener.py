"""An app with each kind of listener that Bolt offers, on Bolt's own Socket Mode handler; run it as a process.

Every listener writes what it heard into a channel, where people read it.
"""

import json
import os
import re
from typing import Any

from slack_bolt import App, Assistant
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

Json = dict[str, Any]

HERE = "CRAY"
MANIFEST: Json = {
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/order", "description": "Order something"}],
        "shortcuts": [
            {"name": "Begin", "type": "global", "callback_id": "begin", "description": "Opens a form"},
            {"name": "Keep", "type": "message", "callback_id": "keep", "description": "Keeps a message"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "assistant:write",
                "channels:history",
                "chat:write",
                "commands",
                "im:history",
                "reactions:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "assistant_thread_context_changed",
                "assistant_thread_started",
                "function_executed",
                "member_joined_channel",
                "message.channels",
                "message.im",
                "reaction_added",
            ]
        },
        "interactivity": {"is_enabled": True},
    },
    "functions": {
        "double": {
            "title": "Double",
            "description": "Twice a number",
            "input_parameters": {
                "number": {"type": "integer", "title": "Number", "description": "", "is_required": True}
            },
            "output_parameters": {
                "result": {"type": "integer", "title": "Result", "description": "", "is_required": True}
            },
        }
    },
}


def words(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(action_id: str, value: str = "1") -> Json:
    return {"type": "button", "action_id": action_id, "text": words(action_id), "value": value}


BUTTONS: list[Json] = [
    {"type": "actions", "block_id": "row", "elements": [button("exact"), button("page_7", "7")]},
    {"type": "actions", "block_id": "named", "elements": [button("in_block")]},
    {
        "type": "actions",
        "block_id": "menus",
        "elements": [
            {
                "type": "external_select",
                "action_id": "city",
                "min_query_length": 1,
                "placeholder": words("City"),
            }
        ],
    },
]
FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "notify_on_close": True,
    "title": words("Form"),
    "submit": words("Save"),
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": words("Name"),
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {
            "type": "input",
            "block_id": "where",
            "optional": True,
            "label": words("Where"),
            "element": {
                "type": "conversations_select",
                "action_id": "place",
                "response_url_enabled": True,
            },
        },
    ],
}


def heard(client: WebClient, kind: str, **what: Any) -> None:
    client.chat_postMessage(channel=HERE, text=f"heard {kind} {json.dumps(what)}")


def listen(app: App) -> None:  # noqa: C901 -- a list of listeners
    @app.event("app_mention")
    def mention(event: Json, client: WebClient) -> None:
        heard(client, "mention", user=event["user"])

    @app.event({"type": "message", "subtype": "message_changed"})
    def changed(event: Json, client: WebClient) -> None:
        if "bot_id" not in event["message"]:
            heard(client, "changed", text=event["message"]["text"], before=event["previous_message"]["text"])

    @app.event("reaction_added")
    def reaction(event: Json, client: WebClient) -> None:
        heard(client, "reaction", name=event["reaction"], of=event["item_user"])

    @app.event("member_joined_channel")
    def joined(event: Json, client: WebClient) -> None:
        heard(client, "joined", user=event["user"])

    @app.event("app_home_opened")
    def home(event: Json, client: WebClient) -> None:
        blocks = [{"type": "actions", "block_id": "tab", "elements": [button("from_home")]}]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.message("plain words")
    def plain(message: Json, client: WebClient) -> None:
        heard(client, "words", user=message["user"])

    @app.message(re.compile(r"room (\d+)"))
    def pattern(context: Json, say: Any) -> None:
        say(text="choose", blocks=BUTTONS, thread_ts=None)
        say(f"heard pattern {json.dumps({'room': context['matches'][0]})}")

    @app.command("/order")
    def order(ack: Any, command: Json, respond: Any) -> None:
        ack(f"ordering {command['text']}")
        respond(f"ordered {command['text']}", response_type="in_channel")

    @app.action("exact")
    def exact(ack: Any, action: Json, client: WebClient, respond: Any) -> None:
        ack()
        heard(client, "action", value=action["value"])
        respond("chosen", replace_original=False)

    @app.action(re.compile(r"page_\d+"))
    def page(ack: Any, action: Json, client: WebClient) -> None:
        ack()
        heard(client, "pattern action", value=action["value"])

    @app.action({"block_id": "named", "action_id": "in_block"})
    def in_block(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        heard(client, "block action", message=body["container"]["message_ts"])

    @app.block_action("from_home")
    def from_home(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        heard(client, "home action", view=body["view"]["type"], container=body["container"]["type"])

    @app.action("city")
    def city(ack: Any, action: Json, client: WebClient) -> None:
        ack()
        heard(client, "menu", value=action["selected_option"]["value"])

    @app.options("city")
    def cities(ack: Any, payload: Json) -> None:
        found = [name for name in ("Bern", "Berlin", "Oslo") if name.startswith(payload["value"])]
        ack(options=[{"text": words(name), "value": name.lower()} for name in found])

    @app.global_shortcut("begin")
    def begin(ack: Any, shortcut: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=shortcut["trigger_id"], view=FORM)

    @app.message_shortcut("keep")
    def keep(ack: Any, shortcut: Json, client: WebClient, respond: Any) -> None:
        ack()
        heard(client, "kept", text=shortcut["message"]["text"])
        respond("kept for you")

    @app.view("form")
    def submitted(ack: Any, view: Json, client: WebClient, respond: Any) -> None:
        name = view["state"]["values"]["name"]["text"]["value"]
        if name == "nobody":
            ack(response_action="errors", errors={"name": "Somebody, please."})
            return
        ack()
        heard(client, "form", name=name)
        if view["state"]["values"]["where"]["place"]["selected_conversation"]:
            respond("by the form's own address")

    @app.view_closed("form")
    def closed(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        heard(client, "closed", cleared=body["is_cleared"])

    @app.function("double")
    def double(inputs: Json, say: Any, complete: Any, fail: Any) -> None:
        if inputs["number"] < 0:
            fail("only from zero on")
        elif inputs["number"] > 100:
            say(channel=HERE, text="sure?", blocks=[{"type": "actions", "elements": [button("sure")]}])
        else:
            complete(outputs={"result": 2 * inputs["number"]})

    @app.action("sure")
    def sure(ack: Any, inputs: Json, complete: Any) -> None:
        ack()
        complete(outputs={"result": 2 * inputs["number"]})


def assistant() -> Assistant:
    pane = Assistant()

    @pane.thread_started
    def started(say: Any, set_suggested_prompts: Any) -> None:
        say("What shall it be?")
        set_suggested_prompts(title="Try", prompts=[{"title": "Pi", "message": "estimate pi"}])

    @pane.thread_context_changed
    def moved(payload: Json, save_thread_context: Any, client: WebClient) -> None:
        context = payload["assistant_thread"]["context"]
        save_thread_context(context)
        heard(client, "moved", to=context["channel_id"])

    @pane.user_message
    def asked(payload: Json, get_thread_context: Any, set_status: Any, set_title: Any, say: Any) -> None:
        set_status("is thinking…")
        set_title(payload["text"])
        seen = get_thread_context()
        say(f"beside {seen['channel_id'] if seen else 'nothing'}: {payload['text']}")

    return pane


if __name__ == "__main__":
    bolt = App(token=os.environ["SLACK_BOT_TOKEN"])
    bolt.assistant(assistant())
    listen(bolt)
    SocketModeHandler(bolt, os.environ["SLACK_APP_TOKEN"]).start()
