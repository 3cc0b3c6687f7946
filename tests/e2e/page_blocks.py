"""Every block and element that the page has to show, as messages of a scripted bot."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

PROGRAM = '''"""Estimates pi by throwing random points, spread over the cluster."""

import random

import ray


@ray.remote(num_cpus=1)
def inside(samples: int, seed: int) -> int:
    """How many of `samples` random points fall into the quarter circle."""
    rng = random.Random(seed)
    hits = 0
    for _ in range(samples):
        x, y = rng.random(), rng.random()
        if x * x + y * y <= 1.0:  # inside
            hits += 1
    return hits


class Report:
    def __init__(self, tasks: int, samples: int) -> None:
        self.tasks, self.samples = tasks, samples

    def line(self, hits: int) -> str:
        return f"Result: {4 * hits / (self.tasks * self.samples):.6f}"


def main(tasks: int = 100, samples: int = 10_000) -> None:
    refs = [inside.remote(samples, seed) for seed in range(tasks)]
    hits = sum(ray.get(refs))
    print(Report(tasks, samples).line(hits))


if __name__ == "__main__":
    ray.init()
    main()
'''

OUTPUT = "\x1b[32mResult:\x1b[0m 3.141592 <!channel> <b>not bold</b> & <@UENGINEER>"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(label: str, action_id: str, **more: Any) -> Json:
    return {
        "type": "button",
        "text": plain(label),
        "action_id": action_id,
        "value": f"value of {action_id}",
        **more,
    }


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def preformatted(text: str, **more: Any) -> Json:
    return rich({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}], **more})


def line(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def text(words: str, **style: bool) -> Json:
    return {"type": "text", "text": words, **({"style": style} if style else {})}


def options(*names: str) -> list[Json]:
    return [{"text": plain(name), "value": name.lower()} for name in names]


CONFIRM: Json = {
    "title": plain("Approve"),
    "text": mrkdwn("Run this on *local*?"),
    "confirm": plain("Run it"),
    "deny": plain("Cancel"),
}

PROPOSAL: list[Json] = [
    section("*Estimate pi*\nThrows random points in 100 tasks and counts those inside the circle."),
    preformatted(PROGRAM, language="python"),
    section(
        ":white_check_mark: *Validation passed* in a sealed Ray cluster · 0.42 s · 100 tasks · peak memory 212 MB"
    ),
    preformatted(OUTPUT),
    {
        "type": "context",
        "elements": [mrkdwn("*Accesses:* no files, network hosts, processes or environment variables")],
    },
    {
        "type": "context",
        "elements": [mrkdwn("Written by cookbook · sha256 `0f3a5c77d1e2`")],
    },
    {
        "type": "actions",
        "elements": [
            button("Approve & run", "approve", style="primary", confirm=CONFIRM),
            button("Edit", "edit"),
            button("Regenerate", "regenerate"),
            button("Dismiss", "dismiss", style="danger"),
        ],
    },
]

MARKUP: list[Json] = [
    {"type": "header", "text": plain("Markup :rocket:")},
    section(
        "*bold* _italic_ ~struck~ `code` *_both_* snake_case_name 2 * 3 * 4\n"
        "> a quote with <https://docs.ray.io|a link>\n"
        "• one\n• two\n1. first\n"
        "<@UENGINEER> <@UAPPROVER> <#CRAY> <!channel> &lt;b&gt; &amp; :tada: :warning: :hourglass_flowing_sand: https://ray.io/."
    ),
    section("```for x in range(3):\n    print(x)\nimport os```"),
    section(
        "Fields:",
        fields=[
            mrkdwn("*Target*\nlocal"),
            mrkdwn("*Tasks*\n100"),
            plain("Plain *text*"),
            mrkdwn("*Wall*\n0.42 s"),
        ],
    ),
    {"type": "divider"},
    rich(
        line(
            text("Rich "),
            text("bold", bold=True),
            text(" italic", italic=True),
            text(" struck", strike=True),
            text(" code", code=True),
            text(" <!channel> stays text "),
            {"type": "emoji", "name": "eyes"},
            {"type": "user", "user_id": "UAPPROVER"},
            text(" "),
            {"type": "channel", "channel_id": "CGENERAL"},
            text(" "),
            {"type": "link", "url": "https://ray.io", "text": "ray.io"},
            text(" "),
            {"type": "link", "url": "javascript:alert(1)", "text": "not a link"},
        ),
        {"type": "rich_text_list", "style": "bullet", "elements": [line(text("one")), line(text("two"))]},
        {
            "type": "rich_text_list",
            "style": "ordered",
            "indent": 1,
            "elements": [line(text("a")), line(text("b"))],
        },
        {"type": "rich_text_quote", "elements": [text("quoted")]},
    ),
    {
        "type": "markdown",
        "text": "## Markdown\nSome **bold**, *italic*, ~~gone~~ and `code`.\n\n- one\n- two\n  - nested\n\n"
        "1. first\n2. second\n\n> quoted\n\n| name | count |\n|:-----|------:|\n| a | 1 |\n| b | 22 |\n\n"
        "```python\nprint('hello')\n```\n[Ray](https://ray.io)",
    },
]

WIDGETS: list[Json] = [
    section(
        "A section with a menu",
        accessory={"type": "overflow", "action_id": "more", "options": options("Copy", "Share")},
    ),
    section("With a button", accessory=button("Open", "open", url="https://ray.io")),
    {
        "type": "actions",
        "elements": [
            {
                "type": "static_select",
                "action_id": "pick",
                "placeholder": plain("Pick one"),
                "options": options("Alpha", "Beta"),
            },
            {
                "type": "multi_static_select",
                "action_id": "many",
                "placeholder": plain("Pick some"),
                "options": options("X", "Y", "Z"),
            },
            {"type": "users_select", "action_id": "who", "placeholder": plain("Who")},
            {"type": "channels_select", "action_id": "where", "placeholder": plain("Where")},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-20"},
            {"type": "timepicker", "action_id": "hour", "initial_time": "12:30"},
        ],
    },
    {
        "type": "actions",
        "elements": [
            {"type": "radio_buttons", "action_id": "one", "options": options("Small", "Large")},
            {"type": "checkboxes", "action_id": "boxes", "options": options("Fast", "Cheap")},
        ],
    },
    {
        "type": "table",
        "rows": [
            [{"type": "raw_text", "text": name} for name in ("node", "tasks", "note")],
            [
                {"type": "raw_text", "text": "head"},
                {"type": "raw_number", "value": 12},
                {"type": "raw_text", "text": "ok"},
            ],
            [
                {"type": "raw_text", "text": "worker"},
                {"type": "raw_number", "value": 88},
                rich(line(text("bold", bold=True), text(" and a rather long remark that wraps in its cell"))),
            ],
        ],
        "column_settings": [{"align": "left"}, {"align": "right"}, {"is_wrapped": True}],
    },
    {"type": "alert", "level": "warning", "text": mrkdwn("Something *worth* a look")},
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback",
                "positive_button": {"text": plain("Good"), "value": "good"},
                "negative_button": {"text": plain("Bad"), "value": "bad"},
            },
            {
                "type": "icon_button",
                "icon": "trash",
                "text": plain("Remove"),
                "action_id": "remove",
                "value": "it",
            },
        ],
    },
]

PLAN: list[Json] = [
    {
        "type": "plan",
        "title": "Building the program",
        "tasks": [
            {"type": "task_card", "task_id": "t1", "title": "Read the request", "status": "complete"},
            {
                "type": "task_card",
                "task_id": "t2",
                "title": "Write the program",
                "status": "in_progress",
                "details": rich(line(text("Attempt 2, after repair"))),
            },
            {"type": "task_card", "task_id": "t3", "title": "Validate", "status": "pending"},
            {
                "type": "task_card",
                "task_id": "t4",
                "title": "Ask a broken thing",
                "status": "error",
                "output": rich(line(text("It did not answer"))),
                "sources": [{"type": "url", "url": "https://docs.ray.io", "text": "Ray docs"}],
            },
        ],
    },
    {"type": "task_card", "task_id": "t5", "title": "A task by itself", "status": "complete"},
]

VIDEO: Json = {
    "type": "video", "alt_text": "A talk", "title": plain("A talk about Ray"), "title_url": "https://ray.io/talk",
    "video_url": "https://ray.io/embed", "thumbnail_url": "data:image/gif;base64,R0lGODlhAQABAAAAACw=", "provider_name": "Ray",
}  # fmt: skip

HOME: Json = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("raygen")},
        section("*Your latest requests*\nestimate pi with 100 tasks"),
        {"type": "actions", "elements": [button("Start over", "home_start")]},
    ],
}


def field(block_id: str, label: str, kind: str, **more: Any) -> Json:
    element = {"type": kind, "action_id": "it", **more}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}


FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Edit program"),
    "submit": plain("Validate"),
    "close": plain("Cancel"),
    "blocks": [
        section("Change what you like."),
        field(
            "code",
            "Program",
            "plain_text_input",
            multiline=True,
            initial_value="import ray\n\nprint('Result: 3')\n",
        ),
        {
            **field("title", "Title", "plain_text_input", placeholder=plain("A few words")),
            "hint": plain("Shown in the thread"),
        },
        {
            **field("tasks", "Tasks", "number_input", is_decimal_allowed=False, initial_value="100"),
            "optional": True,
        },
        {**field("mail", "Mail", "email_text_input"), "optional": True},
        field("size", "Size", "static_select", options=options("Small", "Large")),
        {
            **field("tags", "Tags", "multi_static_select", options=options("Fast", "Cheap", "Good")),
            "optional": True,
        },
        field(
            "kind",
            "Kind",
            "radio_buttons",
            options=options("Once", "Daily"),
            initial_option=options("Once")[0],
        ),
        {**field("opts", "Options", "checkboxes", options=options("Notify", "Keep")), "optional": True},
        {**field("day", "Day", "datepicker"), "optional": True},
    ],
}
