"""How the bot signs what it posts."""

from typing import Any

from bot.playground.slack.methods.call import Call
from bot.playground.slack.workspace import APP, Workspace

Json = dict[str, Any]


def author(workspace: Workspace) -> Json:
    """The author fields of the bot's messages."""
    profile = workspace.profile()
    return {"user": workspace.bot_user, "bot_id": workspace.bot, "app_id": APP, "bot_profile": profile}


def signed(call: Call) -> Json:
    """The same, with the name and icon that a call may choose."""
    fields = author(call.state.workspace)
    if username := call.text("username"):
        fields["username"] = username
    if emoji := call.text("icon_emoji"):
        fields["icons"] = {"emoji": emoji}
    return fields
