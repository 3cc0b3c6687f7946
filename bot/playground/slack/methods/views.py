"""views.*: modals and home tabs."""

from typing import Any

from bot.playground.slack.blockkit import check
from bot.playground.slack.blockkit.walk import interactive
from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.call import Call, Method

Json = dict[str, Any]


def open_view(call: Call) -> Json:
    view = _view(call, "modal")
    user, channel = call.state.grants.exchange(_trigger(call))
    return _shown(call, call.state.views.open(user, view, _chosen(view, channel)))


def push(call: Call) -> Json:
    view = _view(call, "modal")
    user, channel = call.state.grants.exchange(_trigger(call))
    return _shown(call, call.state.views.push(user, view, _chosen(view, channel)))


def update(call: Call) -> Json:
    current = call.state.views.find(call.text("view_id"), call.text("external_id"))
    if current is None:
        raise SlackError("not_found")
    view = _view(call, current["type"])
    return _shown(call, call.state.views.update(current, view, expected_hash=call.text("hash")))


def publish(call: Call) -> Json:
    user = call.state.people.user(call.need("user_id"))["id"]
    view = _view(call, "home")
    return _shown(call, call.state.views.publish_home(user, view, expected_hash=call.text("hash")))


def _view(call: Call, kind: str) -> Json:
    view = check.view(call.structure("view"), call.rules, kind=kind)
    external = view.get("external_id")
    taken = call.state.views.find(None, external) if external else None
    if taken and taken["id"] != call.text("view_id") and call.text("external_id") != external:
        raise SlackError("duplicate_external_id")
    return view


def _chosen(view: Json, channel: str) -> Json:
    """What menus of conversations hold that ask for the one in which the view was opened: the client fills them."""
    chosen: Json = {}
    for one in interactive(view["blocks"]) if channel else ():
        element = one.element
        if element.get("default_to_current_conversation") and not element.get("initial_conversation"):
            answered = {"type": element["type"], "selected_conversation": channel}
            chosen.setdefault(one.block_id, {})[element["action_id"]] = answered
    return chosen


def _trigger(call: Call) -> str:
    return call.text("trigger_id") or call.text("interactivity_pointer") or call.need("trigger_id")


def _shown(call: Call, view: Json) -> Json:
    return {"view": call.state.views.show(view)}


METHODS: dict[str, Method] = {
    "views.open": open_view,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
}
