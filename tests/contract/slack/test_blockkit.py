"""Slack's limits on blocks, views and text."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.blockkit import check
from bot.playground.slack.errors import SlackError
from bot.playground.slack.rules import Rules
from tests.contract.slack.people import MODAL

Json = dict[str, Any]

RULES = Rules()


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": mrkdwn(text)}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": "go", **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def preformatted(text: str) -> Json:
    inner = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [inner]}


def table(rows: int, columns: int) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def option(value: str) -> Json:
    return {"text": plain(value), "value": value}


CONFIRM = {"title": plain("Sure?"), "text": mrkdwn("*really*"), "confirm": plain("Yes"), "deny": plain("No")}
SELECT = {"type": "static_select", "action_id": "s", "options": [option("a")], "placeholder": plain("Pick")}

TAKEN: dict[str, list[Json]] = {
    "section": [section("x" * 3000)],
    "fields": [{"type": "section", "fields": [mrkdwn("x")] * 10}],
    "header": [{"type": "header", "text": plain("x" * 150)}],
    "button": [actions(button(value="v" * 2000, style="danger", confirm=CONFIRM))],
    "select": [actions(SELECT, {**SELECT, "action_id": "t"})],
    "accessory": [
        {**section("x"), "accessory": {"type": "overflow", "action_id": "o", "options": [option("a")]}}
    ],
    "context": [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    "image": [{"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a"}],
    "file image": [{"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a"}],
    "markdown": [{"type": "markdown", "text": "x" * 12_000}],
    "preformatted": [preformatted("x" * 6000)],
    "table": [table(100, 20)],
    "plan": [{"type": "plan", "title": "P", "tasks": [{"type": "task_card", "task_id": "1", "title": "T"}]}],
    "dividers": [{"type": "divider"}] * 50,
    "alert": [{"type": "alert", "text": mrkdwn("x"), "level": "warning"}],
    "container": [{"type": "container", "title": plain("x"), "child_blocks": [section("x")]}],
}

REFUSED: dict[str, tuple[list[Json], str]] = {
    "long section": (
        [section("x" * 3001)],
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    "empty section": ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "bare section": ([{"type": "section"}], "must define one of: text, fields [json-pointer:/blocks/0]"),
    "fields": ([{"type": "section", "fields": [mrkdwn("x")] * 11}], "no more than 10 items allowed"),
    "field": ([{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "less than 2001"),
    "header": ([{"type": "header", "text": plain("x" * 151)}], "less than 151"),
    "header markup": ([{"type": "header", "text": mrkdwn("x")}], "unsupported type: mrkdwn"),
    "blocks": ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    "elements": ([actions(*[button(action_id=str(n)) for n in range(26)])], "no more than 25 items allowed"),
    "button text": ([actions(button(text=plain("x" * 76)))], "less than 76"),
    "button value": ([actions(button(value="x" * 2001))], "less than 2001"),
    "action_id": ([actions(button(action_id="x" * 256))], "less than 256"),
    "same action_id": ([actions(button(), button())], "action_id `go` already exists"),
    "same block_id": ([{"type": "divider", "block_id": "b"}] * 2, "block_id `b` already exists"),
    "context": ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "no more than 10 items allowed"),
    "alt_text": ([{"type": "image", "image_url": "https://x.example"}], "missing required field: alt_text"),
    "unknown block": ([{"type": "poem"}], "unsupported type: poem [json-pointer:/blocks/0/type]"),
    "unknown field": ([{"type": "divider", "color": "red"}], "invalid additional property: color"),
    "rows": ([table(101, 1)], "no more than 100 items allowed"),
    "columns": ([table(1, 21)], "no more than 20 items allowed"),
    "two tables": ([table(1, 1), table(1, 1)], "only one table allowed"),
    "markdown in all": ([{"type": "markdown", "text": "x" * 6001}] * 2, "less than 12001 characters in all"),
    "confirm": ([actions(button(confirm={**CONFIRM, "title": plain("x" * 101)}))], "less than 101"),
    "style": ([actions(button(style="loud"))], "must be a valid enum value"),
    "options": ([actions({**SELECT, "options": []})], "no fewer than 1 items allowed"),
    "not an object": ([actions("x")], "must provide an object"),  # pyright: ignore[reportArgumentType] -- on purpose
}


@pytest.mark.parametrize("name", TAKEN)
def test_taken(name: str) -> None:
    blocks = check.message_blocks(TAKEN[name], RULES)
    assert all(block["block_id"] for block in blocks)
    assert len({block["block_id"] for block in blocks}) == len(blocks)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    blocks, expected = REFUSED[name]
    with pytest.raises(SlackError) as refusal:
        check.message_blocks(blocks, RULES)
    assert refusal.value.code == "invalid_blocks"
    assert any(expected in message for message in refusal.value.extra["response_metadata"]["messages"])


def test_all_text_together_has_a_limit() -> None:
    assert check.message_blocks([section("x" * 2600)] * 5, RULES)
    with pytest.raises(SlackError, match="msg_blocks_too_long"):
        check.message_blocks([section("x" * 2700)] * 5, RULES)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title": plain("x" * 25)}, "less than 25"),
        ({"private_metadata": "x" * 3001}, "less than 3001"),
        ({"blocks": [{"type": "divider"}] * 101}, "no more than 100"),
        ({"submit": None}, "missing required field: submit"),
        ({"blocks": [table(1, 1)]}, "unsupported type: table"),
        ({"type": "home"}, "must be a valid enum value: modal"),
    ],
)
def test_views_refused(change: Json, expected: str) -> None:
    with pytest.raises(SlackError) as refusal:
        check.view({**MODAL, **change}, RULES, kind="modal")
    assert refusal.value.code == "invalid_arguments"
    assert any(expected in message for message in refusal.value.extra["response_metadata"]["messages"])


async def test_refusals_travel_as_slack_sends_them(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refusal:
        await client.chat_postMessage(channel="CRAY", text="x", blocks=[section("")])
    response = refusal.value.response
    assert response["error"] == "invalid_blocks"
    assert response["response_metadata"]["messages"] == [
        "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_text_limits(client: AsyncWebClient) -> None:
    async def refused(call: Any) -> str:
        with pytest.raises(SlackApiError) as refusal:
            await call
        return refusal.value.response["error"]

    posted = await client.chat_postMessage(channel="CRAY", text="x" * 40_000)
    assert await refused(client.chat_postMessage(channel="CRAY", text="x" * 40_001)) == "msg_too_long"
    assert (
        await refused(client.chat_postMessage(channel="CRAY", markdown_text="x" * 12_001)) == "msg_too_long"
    )
    update = client.chat_update
    # Updates count bytes, after escaping.
    await update(channel="CRAY", ts=posted["ts"], text="é" * 2000)
    await update(channel="CRAY", ts=posted["ts"], text="&lt;" * 1000)
    assert await refused(update(channel="CRAY", ts=posted["ts"], text="é" * 2001)) == "msg_too_long"
    assert await refused(update(channel="CRAY", ts=posted["ts"], text="<" * 1001)) == "msg_too_long"
    both = client.chat_postMessage(channel="CRAY", text="x", markdown_text="y")
    assert await refused(both) == "markdown_text_conflict"
