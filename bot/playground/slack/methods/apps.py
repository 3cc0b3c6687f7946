"""auth.test, api.test and apps.connections.open: who am I, and where do I connect."""

from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.call import Call, Method

Json = dict[str, Any]


def auth_test(call: Call) -> Json:
    place = call.state.workspace
    whole = call.apps.tokens[call.token].team == place.enterprise if place.enterprise else False
    organization = {"enterprise_id": place.enterprise} if place.enterprise else {}
    return {
        "url": f"{call.state.address.base}/",
        "team": place.enterprise_name if whole else place.name,
        "user": "raygen",
        "team_id": place.enterprise if whole else place.team,
        **organization,
        "user_id": place.bot_user,
        "bot_id": place.bot,
        "is_enterprise_install": whole,
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
