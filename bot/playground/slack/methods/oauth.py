"""oauth.v2.access, auth.revoke and apps.uninstall: how the app comes into a workspace, and how it goes."""

from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.call import Call, Method

Json = dict[str, Any]


def access(call: Call) -> Json:
    """A code, or a refresh token, for a token; the app shows its secret."""
    call.apps.check(call.text("client_id"), call.text("client_secret"))
    match call.text("grant_type", "authorization_code"):
        case "authorization_code":
            return call.apps.exchange(call.text("code"), call.text("redirect_uri"))
        case "refresh_token":
            return call.apps.renew(call.text("refresh_token"))
        case _:
            raise SlackError("invalid_grant_type")


def revoke(call: Call) -> Json:
    if call.flag("test"):
        return {"revoked": False}
    bot = call.state.workspace.bot_user
    call.state.events.tell({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [bot]}})
    call.apps.revoke([call.token], "token_revoked")
    return {"revoked": True}


def uninstall(call: Call) -> Json:
    call.apps.check(call.need("client_id"), call.need("client_secret"))
    call.apps.uninstall(call.state.workspace.team)
    return {}


METHODS: dict[str, Method] = {
    "oauth.v2.access": access,
    "auth.revoke": revoke,
    "apps.uninstall": uninstall,
}
