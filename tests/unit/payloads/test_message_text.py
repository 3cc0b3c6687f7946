"""Programs and words in the messages that people point at."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.payloads.message_text import program, said

CODE = "import ray\nprint(ray.__version__)"
SHORT = "print(1)"


def rich(*parts: tuple[str, str]) -> dict[str, Any]:
    """A message as Slack's editor sends it: its text beside its blocks."""
    elements = [{"type": kind, "elements": [{"type": "text", "text": words}]} for kind, words in parts]
    return {"text": "", "blocks": [{"type": "rich_text", "elements": elements}]}


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ({"text": f"look:\n```\n{CODE}\n```\nand this"}, CODE),
        ({"text": f"```{CODE}```"}, CODE),
        ({"text": f"```python\n{CODE}\n```"}, CODE),
        ({"text": "```if a &lt; b and c &gt; d: print(1 &amp; 2)```"}, "if a < b and c > d: print(1 & 2)"),
        ({"text": "```x = '<https://ray.io|ray.io>'```"}, "x = 'ray.io'"),
        (rich(("rich_text_section", "see"), ("rich_text_preformatted", f"python\n{CODE}\n")), CODE),
        (rich(("rich_text_preformatted", SHORT), ("rich_text_preformatted", f"{CODE}")), CODE),
        (
            rich(("rich_text_preformatted", SHORT), ("rich_text_preformatted", "Traceback (most recent" * 9)),
            SHORT,
        ),
        ({"text": "```\nprint(\n```"}, "print("),
        ({"text": CODE}, CODE),
        ({"text": "", "blocks": [{"type": "markdown", "text": f"Here:\n```py\n{CODE}\n```"}]}, CODE),
        ({"text": "import"}, ""),
        ({"text": "hello"}, ""),
        ({"text": "``` ```"}, ""),
        ({}, ""),
    ],
)
def test_the_program_of_a_message(message: dict[str, Any], found: str):
    assert program(message, said(message)) == found


def test_words_of_apps_stand_in_blocks_and_attachments():
    section = {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*Job* &lt;1&gt; failed with an OutOfMemoryError"},
    }
    button = {
        "type": "actions",
        "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Mute"}}],
    }
    attached = {"pretext": "Ray", "text": "ray.exceptions.OutOfMemoryError", "fallback": "no"}
    words = said(
        {"text": "Alert", "blocks": [section, button], "attachments": [attached, {"fallback": "more"}]}
    )
    assert (
        words == "*Job* <1> failed with an OutOfMemoryError\n\nRay\nray.exceptions.OutOfMemoryError\n\nmore"
    )
    assert (
        said({"text": "as typed", "blocks": rich(("rich_text_section", "as typed"))["blocks"]}) == "as typed"
    )
