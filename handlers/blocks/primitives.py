"""The small parts that every message is made of: pure functions from values to Block Kit.

Text from people, models and programs goes into rich text, where nothing is markup, or through `literal`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from handlers.blocks import action_ids
from handlers.blocks.mrkdwn import escape, fallback, plain, shorten
from services.security.redaction import masked, masks_in
from services.text import invisible_characters
from services.text.formatting import NOTHING_GONE, Excerpt, Gone, head_and_tail

Block = dict[str, Any]
Style = Literal["primary", "danger"]

CODE_LIMIT = 6000
OUTPUT_LIMIT = 2600
MESSAGE_LIMIT = 13_000
"""What all text of a message's blocks may have, in characters, with a little to spare."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: blocks, and the markup that notifications and screen readers get instead, cut to Slack's limit."""

    text: str
    blocks: list[Block] = field(default_factory=list[Block])

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", fallback(self.text))


def mrkdwn(text: str) -> Block:
    """A section of markup that is ours; foreign text in it must have been escaped."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": plain(text)[:3000]}}


def prose(text: str, limit: int = 2900, *, bold: bool = False) -> Block:
    """A paragraph of foreign text, shown literally."""
    words: Block = {"type": "text", "text": shorten(plain(text), limit) or " "}
    if bold:
        words["style"] = {"bold": True}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [words]}]}


def context(*texts: str) -> Block:
    """Small grey lines of markup that is ours."""
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": plain(text)[:2000]} for text in texts if text][:10],
    }


def preformatted(text: str, language: str | None = None) -> Block:
    """Code or output, literally."""
    element: Block = {
        "type": "rich_text_preformatted",
        "elements": [{"type": "text", "text": plain(text) or " "}],
    }
    if language:
        element["language"] = language
    return {"type": "rich_text", "elements": [element]}


def code(source: str, *, limit: int = CODE_LIMIT, whole: Block | None = None) -> list[Block]:
    """A program without its secrets; a long one is cut between lines, and `whole` is the button that opens all of it."""
    source = masked(source)
    shown = head_and_tail(invisible_characters.visible_code(source), limit=limit)
    blocks = [preformatted(shown.text.rstrip("\n"), "python")]
    if not shown.whole and whole is not None:
        blocks.append(mrkdwn("The middle isn't shown here.") | {"accessory": whole})
    elif not shown.whole:
        blocks.append(context("The middle isn't shown here."))
    if kinds := masks_in(source):
        blocks.append(context(f":lock: {_hidden(kinds)} The program that runs is unchanged."))
    return blocks


def output(text: str, *, limit: int = OUTPUT_LIMIT, gone: Gone = NOTHING_GONE) -> list[Block]:
    """What a program wrote, without secrets: head and tail in the message; `gone` is missing from its middle already."""
    text = masked(text)
    note = [context(f":lock: {_hidden(kinds)}")] if (kinds := masks_in(text)) else []
    return [preformatted(excerpt(text.rstrip("\n"), limit=limit, gone=gone).text), *note]


def excerpt(text: str, *, limit: int, gone: Gone = NOTHING_GONE) -> Excerpt:
    """As `head_and_tail`, with at most `limit` characters once what is not seen in it is shown."""
    found = head_and_tail(text, limit=limit, gone=gone)
    shown = plain(found.text)
    if len(shown) > limit:
        found = head_and_tail(text, limit=limit // invisible_characters.GROWTH, gone=gone)
        shown = plain(found.text)
    return replace(found, text=shown)


def _hidden(kinds: tuple[str, ...]) -> str:
    """Kinds are ours, or somebody's imitation of them in letters and spaces."""
    return f"Possible secrets are masked here: {', '.join(kinds[:5])}."


def weight(blocks: Any) -> int:
    """How many characters of text these blocks hold, as Slack counts them."""
    if isinstance(blocks, list):
        return sum(map(weight, blocks))
    if not isinstance(blocks, dict):
        return 0
    return sum(
        len(inner) if name in ("text", "title") and isinstance(inner, str) else weight(inner)
        for name, inner in blocks.items()
    )


def button(
    label: str,
    action_id: str,
    value: str,
    *,
    style: Style | None = None,
    confirm: tuple[str, str] | None = None,
) -> Block:
    """A button; `confirm` is the question and the label of its yes."""
    block: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": plain(label)},
        "action_id": action_id,
        "value": value,
    }
    if style:
        block["style"] = style
    if confirm:
        question, yes = confirm
        block["confirm"] = {
            "title": {"type": "plain_text", "text": plain(label)},
            "text": {"type": "mrkdwn", "text": plain(question)},
            "confirm": {"type": "plain_text", "text": plain(yes)},
            "deny": {"type": "plain_text", "text": "Cancel"},
        }
    return block


def option(label: str, value: str) -> Block:
    """A choice of a menu; Slack takes 75 characters of label and 150 of value."""
    return {"text": {"type": "plain_text", "text": shorten(plain(label), 75) or " "}, "value": value}


def select(action_id: str, options: list[Block], chosen: Block) -> Block:
    """A menu of at most 100 options, one of which is chosen."""
    return {
        "type": "static_select",
        "action_id": action_id,
        "options": options[:100],
        "initial_option": chosen,
    }


def actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons)}


def feedback(subject: str) -> Block:
    """Two buttons for a vote on `subject`: a task's ID or a run's."""
    helpful = _vote("Helpful", action_ids.HELPFUL, subject, "This was helpful")
    unhelpful = _vote("Not helpful", action_ids.UNHELPFUL, subject, "This was not helpful")
    element: Block = {
        "type": "feedback_buttons",
        "action_id": action_ids.FEEDBACK,
        "positive_button": helpful,
        "negative_button": unhelpful,
    }
    return {"type": "context_actions", "elements": [element]}


def _vote(label: str, vote: str, subject: str, described: str) -> Block:
    return {
        "text": {"type": "plain_text", "text": label},
        "value": action_ids.vote_value(vote, subject),
        "accessibility_label": described,
    }


def person(user: str) -> str:
    """A mention of a user ID that came from Slack."""
    return f"<@{escape(user)}>"
