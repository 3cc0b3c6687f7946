"""reactions.*: emoji on messages."""

import re
from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.call import Call, Method

Json = dict[str, Any]

NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


def add(call: Call) -> Json:
    return _react(call, add=True)


def remove(call: Call) -> Json:
    return _react(call, add=False)


def get(call: Call) -> Json:
    channel = call.state.people.joined(call.text("channel"))["id"]
    message = call.state.messages.get(channel, call.need("timestamp"))
    return {"type": "message", "channel": channel, "message": call.state.messages.given(message)}


def _react(call: Call, *, add: bool) -> Json:
    name = call.need("name").strip(":")
    if not NAME.fullmatch(name):
        raise SlackError("invalid_name")
    channel = call.state.people.joined(call.text("channel"))["id"]
    call.state.messages.react(channel, call.need("timestamp"), call.state.workspace.bot_user, name, add=add)
    return {}


METHODS: dict[str, Method] = {"reactions.add": add, "reactions.remove": remove, "reactions.get": get}
