"""users.*, bots.info and team.info: who is here."""

from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.call import Call, Method
from bot.playground.slack.methods.paging import page

Json = dict[str, Any]


def info(call: Call) -> Json:
    return {"user": call.state.people.user(call.text("user"))}


def list_users(call: Call) -> Json:
    listed, rest = page(call, list(call.state.people.users.values()), default=100, most=1000)
    return {"members": listed, "response_metadata": rest["response_metadata"]}


def profile(call: Call) -> Json:
    return {"profile": call.state.people.user(call.need("user"))["profile"]}


def by_email(call: Call) -> Json:
    email = call.need("email")
    for user in call.state.people.users.values():
        if user["profile"]["email"] == email:
            return {"user": user}
    raise SlackError("users_not_found")


def presence(call: Call) -> Json:
    call.state.people.user(call.need("user"))
    return {"presence": "active", "online": True}


def bot_info(call: Call) -> Json:
    if call.text("bot", call.state.workspace.bot) != call.state.workspace.bot:
        raise SlackError("bot_not_found")
    return {"bot": call.state.workspace.profile()}


def team_info(call: Call) -> Json:
    place = call.state.workspace
    team = {
        "id": place.team,
        "name": place.name,
        "domain": place.domain,
        "email_domain": "playground.example",
    }
    return {"team": {**team, "icon": {"image_default": True}}}


METHODS: dict[str, Method] = {
    "users.info": info,
    "users.list": list_users,
    "users.profile.get": profile,
    "users.lookupByEmail": by_email,
    "users.getPresence": presence,
    "bots.info": bot_info,
    "team.info": team_info,
}
