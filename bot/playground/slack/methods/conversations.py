"""conversations.*: finding channels, reading them, joining them."""

from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.call import Call, Method
from bot.playground.slack.methods.paging import page
from bot.playground.slack.state.people import People

Json = dict[str, Any]


def info(call: Call) -> Json:
    people = call.state.people
    channel = people.visible(call.text("channel"))
    return {"channel": people.show(channel)}


def list_channels(call: Call) -> Json:
    kinds = call.text("types", "public_channel").split(",")
    found = [one for one in call.state.people.all_visible() if _kind(one) in kinds]
    listed, rest = page(call, found, default=100, most=1000)
    return {"channels": [call.state.people.show(one) for one in listed], **_cursor(rest)}


def of_user(call: Call) -> Json:
    user = call.text("user") or call.state.workspace.bot_user
    kinds = call.text("types", "public_channel").split(",")
    channels = call.state.people.all_visible()
    found = [one for one in channels if user in one["members"] and _kind(one) in kinds]
    listed, rest = page(call, found, default=100, most=1000)
    return {"channels": [call.state.people.show(one) for one in listed], **_cursor(rest)}


def members(call: Call) -> Json:
    channel = call.state.people.visible(call.text("channel"))
    listed, rest = page(call, channel["members"], default=100, most=1000)
    return {"members": listed, **_cursor(rest)}


def open_direct(call: Call) -> Json:
    if channel_id := call.text("channel"):
        channel = call.state.people.channel(channel_id)
    else:
        users = [one.strip() for one in call.need("users").split(",")]
        for user in users:
            call.state.people.user(user)
        channel = call.state.people.direct(users[0]) if len(users) == 1 else None
        if channel is None:
            raise SlackError("method_not_supported_for_channel_type")
    if call.flag("return_im"):
        return {"no_op": True, "already_open": True, "channel": call.state.people.show(channel)}
    return {"no_op": True, "already_open": True, "channel": {"id": channel["id"]}}


def join(call: Call) -> Json:
    people = call.state.people
    channel = people.visible(call.text("channel"))
    if channel["is_im"]:
        raise SlackError("method_not_supported_for_channel_type")
    if (bot := call.state.workspace.bot_user) not in channel["members"]:
        people.set_members(channel, [*channel["members"], bot])
        return {"channel": people.show(channel)}
    return {"channel": people.show(channel), "warning": "already_in_channel"}


def history(call: Call) -> Json:
    channel = call.state.people.joined(call.text("channel"))["id"]
    messages = call.state.messages
    inside = _between(call, messages.top_level(channel))
    listed, rest = page(call, inside[::-1], default=100, most=999)
    metadata = call.flag("include_all_metadata")
    shown = [messages.given(one, metadata=metadata) for one in listed]
    return {"messages": shown, "pin_count": 0, **rest}


def replies(call: Call) -> Json:
    """The thread's root on every page, then replies, oldest first."""
    channel = call.state.people.joined(call.text("channel"))["id"]
    messages = call.state.messages
    root = messages.root(channel, call.need("ts"))
    inside = _between(call, messages.replies(channel, root["ts"]))
    listed, rest = page(call, inside, default=1000, most=1000)
    metadata = call.flag("include_all_metadata")
    return {"messages": [messages.given(one, metadata=metadata) for one in [root, *listed]], **rest}


def mark(call: Call) -> Json:
    call.state.people.joined(call.text("channel"))
    return {}


def _between(call: Call, messages: list[Json]) -> list[Json]:
    oldest, latest = _stamp(call, "oldest"), _stamp(call, "latest")
    inclusive = call.flag("inclusive")

    def inside(message: Json) -> bool:
        ts = float(message["ts"])
        if inclusive and ts in (oldest, latest):
            return True
        return (oldest is None or ts > oldest) and (latest is None or ts < latest)

    return [message for message in messages if inside(message)]


def _stamp(call: Call, name: str) -> float | None:
    value = call.text(name)
    if not value or (name == "latest" and value == "now"):
        return None
    try:
        return float(value)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


_KINDS = {"im": "im", "mpim": "mpim", "group": "private_channel", "channel": "public_channel"}


def _kind(channel: Json) -> str:
    return _KINDS[People.kind(channel)]


def _cursor(rest: Json) -> Json:
    return {"response_metadata": rest["response_metadata"]}


METHODS: dict[str, Method] = {
    "conversations.info": info,
    "conversations.list": list_channels,
    "conversations.members": members,
    "conversations.open": open_direct,
    "conversations.join": join,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.mark": mark,
    "users.conversations": of_user,
}
