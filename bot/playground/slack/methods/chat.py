"""chat.*: posting, changing and deleting messages."""

from typing import Any, cast

from bot.playground.slack.blockkit.check import message_blocks
from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.author import signed
from bot.playground.slack.methods.call import Call, Method
from bot.playground.slack.methods.content import content, require_something
from bot.playground.slack.workspace import APP

Json = dict[str, Any]


def post_message(call: Call) -> Json:
    channel = call.state.people.joined(call.text("channel"))["id"]
    fields = content(call)
    require_something(fields)
    said = {key: value for key, value in fields.items() if value is not None}
    thread_ts = call.text("thread_ts")
    broadcast = bool(thread_ts) and call.flag("reply_broadcast")
    message = call.state.messages.post(
        channel,
        {
            "text": "",
            **signed(call),
            **said,
            **({"thread_ts": thread_ts} if thread_ts else {}),
            **({"reply_broadcast": True, "subtype": "thread_broadcast"} if broadcast else {}),
        },
    )
    call.state.executions.posted(call.token, channel, message["ts"])
    if thread_ts:
        call.state.threads.clear_status(channel, message["thread_ts"])
    return {
        "channel": channel,
        "ts": message["ts"],
        "message": call.state.messages.given(message, metadata=True),
    }


def update(call: Call) -> Json:
    channel = call.state.people.joined(call.text("channel"))["id"]
    message = call.state.messages.get(channel, call.need("ts"))
    if message.get("bot_id") != call.state.workspace.bot or message.get("subtype") == "tombstone":
        raise SlackError("cant_update_message")
    if call.state.streams.is_open(channel, message["ts"]):
        raise SlackError("streaming_state_conflict")
    fields = content(call)
    if not fields:
        raise SlackError("no_text")
    if not call.text("markdown_text"):
        _check_update_text(call, fields.get("text", ""))
    require_something({**message, **fields})
    edited = {"user": message["user"], "ts": call.state.clock.next()}
    changed = call.state.messages.change(
        channel, message["ts"], {**fields, "edited": edited, "streaming_state": None}
    )
    shown = call.state.messages.given(changed, metadata=True)
    return {"channel": channel, "ts": message["ts"], "text": changed["text"], "message": shown}


def _check_update_text(call: Call, text: str) -> None:
    """Slack counts the text of an update in bytes, after escaping."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    already = text.count("&amp;") + text.count("&lt;") + text.count("&gt;")
    if len(escaped.encode()) - already * len("amp;") > call.rules.update_bytes:
        raise SlackError("msg_too_long")


def delete(call: Call) -> Json:
    channel = call.state.people.joined(call.text("channel"))["id"]
    message = call.state.messages.get(channel, call.need("ts"))
    if message.get("bot_id") != call.state.workspace.bot or call.state.streams.is_open(
        channel, message["ts"]
    ):
        raise SlackError("cant_delete_message")
    call.state.messages.remove(channel, message["ts"])
    return {"channel": channel, "ts": message["ts"]}


def post_ephemeral(call: Call) -> Json:
    channel = call.state.people.joined(call.text("channel"))
    viewer = call.need("user")
    if viewer not in channel["members"]:
        raise SlackError("user_not_in_channel")
    fields = content(call)
    require_something(fields)
    if thread_ts := call.text("thread_ts"):
        fields["thread_ts"] = call.state.messages.root(channel["id"], thread_ts)["ts"]
    said = {key: value for key, value in fields.items() if value is not None}
    message = call.state.ephemerals.post(channel["id"], viewer, {"text": "", **signed(call), **said})
    return {"message_ts": message["ts"]}


def get_permalink(call: Call) -> Json:
    channel = call.state.people.joined(call.text("channel"))["id"]
    message = call.state.messages.get(channel, call.need("message_ts"))
    link = f"{call.state.address.base}/archives/{channel}/p{message['ts'].replace('.', '')}"
    thread_ts = message.get("thread_ts")
    reply = f"?thread_ts={thread_ts}&cid={channel}" if thread_ts else ""
    return {"channel": channel, "permalink": link + reply}


def unfurl(call: Call) -> Json:
    """Cards for links that stand in a message; a second call takes the place of the first one's cards."""
    channel, message = _unfurled(call)
    unfurls = call.structure("unfurls", "invalid_unfurls_format")
    if not isinstance(unfurls, dict) or not unfurls:
        raise SlackError("missing_unfurls" if not unfurls else "invalid_unfurls_format")
    shared = [link["url"] for link in call.state.events.watched(message.get("text", ""))]
    cards: list[Json] = []
    for url, given in cast("Json", unfurls).items():
        if url not in shared:
            raise SlackError("cannot_unfurl_url")
        if not isinstance(given, dict):
            raise SlackError("invalid_unfurls_format")
        card = cast("Json", given)
        blocks = {"blocks": message_blocks(card["blocks"], call.rules)} if "blocks" in card else {}
        ours = {
            "from_url": url,
            "app_unfurl_url": url,
            "is_app_unfurl": True,
            "app_id": APP,
            "bot_id": call.state.workspace.bot,
        }
        cards.append({"id": len(cards) + 1, **card, **blocks, **ours})
    others = [one for one in message.get("attachments", []) if one.get("app_unfurl_url") not in unfurls]
    call.state.messages.change(channel, message["ts"], {"attachments": [*others, *cards]})
    return {}


def _unfurled(call: Call) -> tuple[str, Json]:
    """The message by its place, or by what `link_shared` called it; the app need not be in the conversation."""
    name, ts = call.text("channel"), call.text("ts")
    if not (name and ts):
        if call.need("source") != "conversations_history":
            raise SlackError("invalid_source")
        name, _, ts = call.need("unfurl_id").partition(".")
    if name not in call.state.people.channels:
        raise SlackError("cannot_find_channel")
    message = call.state.messages.find(name, ts)
    if message is None or message.get("subtype") == "tombstone":
        raise SlackError("cannot_unfurl_message")
    return name, message


METHODS: dict[str, Method] = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": get_permalink,
    "chat.unfurl": unfurl,
}
