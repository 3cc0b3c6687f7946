"""Block elements: what people press, pick and fill in."""

from functools import partial

from bot.playground.slack.blockkit.schema import (
    Check,
    anything,
    boolean,
    items,
    number,
    one_of,
    plain,
    shape,
    string,
    text,
)

ACTION_ID = string(255)
URL = string(3000)
PLACEHOLDER = plain(150)

CONFIRM = shape(
    ["title", "text", "confirm", "deny"],
    title=plain(100),
    text=text(300),
    confirm=plain(30),
    deny=plain(30),
    style=one_of("primary", "danger"),
)

option = partial(
    shape, ["text", "value"], text=text(75), value=string(150), description=text(75), url=string(3000)
)
OPTION = option()
GROUP = shape(["label", "options"], label=plain(75), options=items(OPTION, most=100))
DISPATCH = shape(trigger_actions_on=items(one_of("on_enter_pressed", "on_character_entered"), most=2))
FILTER = shape(
    include=items(one_of("im", "mpim", "private", "public"), most=4),
    exclude_external_shared_channels=boolean,
    exclude_bot_users=boolean,
)
SLACK_FILE = shape(any_of=["id", "url"], id=string(255), url=URL)

IMAGE = shape(
    ["alt_text"],
    any_of=["image_url", "slack_file"],
    image_url=URL,
    slack_file=SLACK_FILE,
    alt_text=string(2000),
)

# What every element that people operate may say about itself.
operated = partial(shape, action_id=ACTION_ID, confirm=CONFIRM, focus_on_load=boolean)
picker = partial(operated, placeholder=PLACEHOLDER)

BUTTON = shape(
    ["text"],
    text=plain(75),
    action_id=ACTION_ID,
    url=URL,
    value=string(2000),
    style=one_of("primary", "danger"),
    confirm=CONFIRM,
    accessibility_label=string(75),
    agent_prompt=string(4000),
)

_options = items(OPTION, most=100)
_groups = items(GROUP, most=100)
_feedback = shape(["text", "value"], text=plain(75), value=string(2000), accessibility_label=string(75))


def _select(*, many: bool = False, **fields: Check) -> Check:
    most: dict[str, Check] = {"max_selected_items": number} if many else {}
    return picker((), {**fields, **most})


def _listed(initial: str, value: Check, *, many: bool) -> Check:
    offered = {"options": _options, "option_groups": _groups}
    more: dict[str, Check] = {"max_selected_items": number} if many else {}
    return picker((), {**offered, initial: value, **more}, any_of=tuple(offered))


def _typed_in(**fields: Check) -> Check:
    return picker((), fields, initial_value=string(3000), dispatch_action_config=DISPATCH)


ELEMENTS: dict[str, Check] = {
    "button": BUTTON,
    "workflow_button": operated(["text", "workflow"], text=plain(75), workflow=anything),
    "icon_button": operated(
        ["icon", "text"],
        icon=string(50),
        text=plain(75),
        value=string(2000),
        accessibility_label=string(75),
        visible_to_user_ids=anything,
    ),
    "feedback_buttons": shape(
        ["positive_button", "negative_button"],
        action_id=ACTION_ID,
        positive_button=_feedback,
        negative_button=_feedback,
    ),
    "image": IMAGE,
    "overflow": operated(["options"], options=items(option(), most=5)),
    "checkboxes": operated(
        ["options"], options=items(OPTION, most=10), initial_options=items(OPTION, most=10)
    ),
    "radio_buttons": operated(["options"], options=items(OPTION, most=10), initial_option=OPTION),
    "static_select": _listed("initial_option", OPTION, many=False),
    "multi_static_select": _listed("initial_options", items(OPTION, most=100), many=True),
    "external_select": _select(initial_option=OPTION, min_query_length=number),
    "multi_external_select": _select(
        many=True, initial_options=items(OPTION, most=100), min_query_length=number
    ),
    "users_select": _select(initial_user=string(30)),
    "multi_users_select": _select(many=True, initial_users=items(string(30), most=100)),
    "conversations_select": _select(
        initial_conversation=string(30),
        default_to_current_conversation=boolean,
        response_url_enabled=boolean,
        filter=FILTER,
    ),
    "multi_conversations_select": _select(
        many=True,
        initial_conversations=items(string(30), most=100),
        default_to_current_conversation=boolean,
        filter=FILTER,
    ),
    "channels_select": _select(initial_channel=string(30), response_url_enabled=boolean),
    "multi_channels_select": _select(many=True, initial_channels=items(string(30), most=100)),
    "datepicker": picker(initial_date=string(10)),
    "timepicker": picker(initial_time=string(5), timezone=string(100)),
    "datetimepicker": picker(initial_date_time=number),
    "plain_text_input": _typed_in(multiline=boolean, min_length=number, max_length=number),
    "email_text_input": _typed_in(),
    "url_text_input": _typed_in(),
    "number_input": _typed_in(is_decimal_allowed=boolean, min_value=anything, max_value=anything),
    "rich_text_input": picker(initial_value=anything, dispatch_action_config=DISPATCH),
    "file_input": shape(action_id=ACTION_ID, filetypes=items(string(20), most=100), max_files=number),
}

IN_ACTIONS = frozenset(
    name
    for name in ELEMENTS
    if name not in {"image", "feedback_buttons", "icon_button", "file_input"}
    and not name.endswith("_text_input")
    and name not in {"number_input", "rich_text_input"}
)
IN_SECTION = IN_ACTIONS | {"image"}
IN_INPUT = frozenset(ELEMENTS) - {
    "button",
    "workflow_button",
    "image",
    "overflow",
    "icon_button",
    "feedback_buttons",
}
