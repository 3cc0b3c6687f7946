"""usergroups.*: groups of users, and who is in them."""

from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.call import Call, Method

Json = dict[str, Any]


def list_groups(call: Call) -> Json:
    shown = [_shown(call, group) for group in call.state.workspace.usergroups if _there(call, group)]
    return {"usergroups": shown}


def users(call: Call) -> Json:
    wanted = call.need("usergroup")
    found = [group for group in call.state.workspace.usergroups if group["id"] == wanted]
    if not found:
        raise SlackError("no_such_subteam")
    return {"users": [*found[0]["users"]] if _there(call, found[0]) else []}


def _there(call: Call, group: Json) -> bool:
    """A group that was disabled is there only for those who ask for such."""
    return not group["date_delete"] or call.flag("include_disabled")


def _shown(call: Call, group: Json) -> Json:
    left_out = {"users"} if not call.flag("include_users") else set[str]()
    shown = {key: value for key, value in group.items() if key not in left_out}
    return shown | ({"user_count": len(group["users"])} if call.flag("include_count") else {})


METHODS: dict[str, Method] = {
    "usergroups.list": list_groups,
    "usergroups.users.list": users,
}
