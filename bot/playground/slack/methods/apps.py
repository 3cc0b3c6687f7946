"""auth.test, api.test and apps.connections.open: who am I, and where do I connect."""

from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.call import Call, Method

Json = dict[str, Any]


def auth_test(call: Call) -> Json:
    place = call.state.workspace
    return {
        "url": f"{call.state.address.base}/",
        "team": place.name,
        "user": "raygen",
        "team_id": place.team,
        "user_id": place.bot_user,
        "bot_id": place.bot,
        "is_enterprise_install": False,
    }


def api_test(call: Call) -> Json:
    """Answers with what it was given; the argument `error` makes it fail with that code."""
    arguments = {key: value for key, value in call.arguments.items() if key != "token"}
    if error := call.text("error"):
        raise SlackError(error, args=arguments)
    return {"args": arguments}


def connections_open(call: Call) -> Json:
    return {"url": call.connections.ticket()}


METHODS: dict[str, Method] = {
    "auth.test": auth_test,
    "api.test": api_test,
    "apps.connections.open": connections_open,
}

#: Needs the app-level token, and no other method takes it.
APP_LEVEL = frozenset({"apps.connections.open"})
OPEN_TO_ALL = frozenset({"api.test", "oauth.v2.access"})
