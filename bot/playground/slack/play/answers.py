"""What people put into elements: from a plain value to the shape Slack sends."""

from typing import Any, cast

from bot.playground.slack.blockkit.walk import interactive
from bot.playground.slack.errors import PlayError

Json = dict[str, Any]

ONE_OPTION = ("static_select", "external_select", "radio_buttons", "overflow")
MANY_OPTIONS = ("checkboxes", "multi_static_select", "multi_external_select")
FIELDS = {
    **dict.fromkeys(ONE_OPTION, "selected_option"),
    **dict.fromkeys(MANY_OPTIONS, "selected_options"),
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}
PRESSED = ("button", "workflow_button", "icon_button", "feedback_buttons", "overflow")


def field_of(element: Json) -> str:
    return FIELDS.get(element["type"], "value")


def answer(element: Json, given: Any) -> Json:
    """`{type, <field>: value}` for an element; `given` is that, or only the value."""
    field = field_of(element)
    value = cast("Json", given).get(field, given) if isinstance(given, dict) else given
    if element["type"] in ONE_OPTION and value is not None:
        value = _option(element, value)
    if element["type"] == "feedback_buttons":
        _offered(element, value)
    if element["type"] in MANY_OPTIONS:
        value = [_option(element, one) for one in cast("list[Any]", value or [])]
    return {"type": element["type"], field: value}


def initial(element: Json) -> Json:
    """What an element holds before anyone touches it."""
    field = field_of(element)
    value = element.get("initial_" + field.removeprefix("selected_"))
    if value is None and element["type"] in MANY_OPTIONS:
        value = []
    return {"type": element["type"], field: value}


def initial_values(blocks: list[Json]) -> Json:
    """`{block_id: {action_id: answer}}` for everything that holds a value."""
    values: Json = {}
    for one in interactive(blocks):
        if one.element["type"] not in PRESSED:
            values.setdefault(one.block_id, {})[one.element["action_id"]] = initial(one.element)
    return values


def _offered(element: Json, value: Any) -> None:
    """The bot gets the value of the button that was pressed, and nothing else."""
    if value not in [element[name]["value"] for name in ("positive_button", "negative_button")]:
        raise PlayError(400, "no_such_button", f"{element.get('action_id')} has no button {value!r}.")


def _option(element: Json, given: Any) -> Json:
    """The element's option with this value; what an external list offered is taken as it is."""
    value = cast("Json", given).get("value") if isinstance(given, dict) else given
    groups: list[Json] = element.get("option_groups", [])
    options: list[Json] = [
        *element.get("options", []),
        *(one for group in groups for one in group["options"]),
    ]
    for option in options:
        if option["value"] == value:
            return option
    if "external" in element["type"]:
        whole = cast("Json", given) if isinstance(given, dict) else {}
        return whole or {"text": {"type": "plain_text", "text": given}, "value": given}
    raise PlayError(400, "no_such_option", f"{element.get('action_id')} has no option {value!r}.")
