"""How the bot signs what it posts."""

from typing import Any

from bot.playground.slack.methods.call import Call
from bot.playground.slack.workspace import APP, BOT, BOT_USER, CREATED, TEAM

Json = dict[str, Any]

PROFILE: Json = {
    "id": BOT,
    "app_id": APP,
    "user_id": BOT_USER,
    "name": "raygen",
    "icons": {},
    "deleted": False,
    "updated": CREATED,
    "team_id": TEAM,
}


def signed(call: Call | None = None) -> Json:
    """The author fields of a bot's message, with the name and icon that a call may choose."""
    fields: Json = {"user": BOT_USER, "bot_id": BOT, "app_id": APP, "bot_profile": PROFILE}
    if call and (username := call.text("username")):
        fields["username"] = username
    if call and (emoji := call.text("icon_emoji")):
        fields["icons"] = {"emoji": emoji}
    return fields
