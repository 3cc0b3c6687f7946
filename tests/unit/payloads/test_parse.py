"""Slack's payloads as Slack sends them, and what is heard in them."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.payloads import parse
from services.domain.entities import Attachment

MESSAGE = {"type": "message", "channel": "CRAY", "channel_type": "channel", "ts": "1.2", "user": "UENGINEER"}


def test_a_mention_and_its_message_are_one_request():
    message = parse.incoming({**MESSAGE, "text": "<@UBOT> add 1 and 2"}, "UBOT")
    mention = parse.incoming({**MESSAGE, "type": "app_mention", "text": "<@UBOT> add 1 and 2"}, "UBOT")
    assert message is not None
    assert mention is not None
    assert message.ask() == mention.ask()
    assert message.text == "add 1 and 2"
    assert message.ask().thread_ts == "1.2"


@pytest.mark.parametrize(
    "event",
    [
        {**MESSAGE, "subtype": "message_changed"},
        {**MESSAGE, "subtype": "message_deleted"},
        {**MESSAGE, "subtype": "channel_join"},
        {**MESSAGE, "bot_id": "B1", "text": "hi"},
        {**MESSAGE, "user": "UBOT", "text": "hi"},
        {"type": "message", "channel": "CRAY", "ts": "1.2"},
    ],
)
def test_edits_deletions_joins_and_bots_are_not_heard(event):
    assert parse.incoming(event, "UBOT") is None


def test_what_slack_wrote_for_the_person_is_undone():
    assert parse.text("a &lt; b &amp;&amp; c") == "a < b && c"
    assert parse.text("see <https://x.io/a|x.io/a> and <https://y.io>") == "see x.io/a and https://y.io"
    assert parse.text("&amp;lt;") == "&lt;"


def test_a_click_in_a_thread():
    click = parse.click(
        {
            "user": {"id": "U1"},
            "trigger_id": "t",
            "actions": [{"action_id": "proposal_approve", "value": "p_1 abc"}],
            "channel": {"id": "CRAY"},
            "message": {"ts": "2.0", "thread_ts": "1.0"},
        }
    )
    assert (click.user, click.value, click.channel, click.thread_ts) == ("U1", "p_1 abc", "CRAY", "1.0")


def test_a_click_without_a_value_or_message_is_still_a_click():
    click = parse.click({"user": {"id": "U1"}, "actions": [{"action_id": "x"}]})
    assert (click.value, click.channel, click.thread_ts) == ("", "", None)


def edited(text: str, previous: dict[str, Any], **message: Any) -> dict[str, Any]:
    after = {"type": "message", "user": "UA", "ts": "1.1", "text": text, "edited": {"ts": "2.2"}, **message}
    return {
        "subtype": "message_changed",
        "channel": "D1",
        "channel_type": "im",
        "message": after,
        "previous_message": {"user": "UA", "ts": "1.1", **previous},
    }


def test_an_edit_takes_the_place_of_what_was_asked_before():
    first = parse.revised(edited("add 2", {"text": "add 1"}), "UBOT")
    assert first is not None
    assert first.now is not None
    assert (first.before, first.now.cause, first.now.prompt) == (
        *("message D1 1.1", "message D1 1.1 edited 2.2", "add 2"),
    )
    second = parse.revised(edited("add 3", {"text": "add 2", "edited": {"ts": "2.1"}}), "UBOT")
    assert second is not None
    assert second.before == "message D1 1.1 edited 2.1"


def test_a_deletion_takes_it_back():
    event = {
        "subtype": "message_deleted",
        "channel": "D1",
        "deleted_ts": "1.1",
        "previous_message": {"ts": "1.1"},
    }
    assert parse.revised(event, "UBOT") == parse.Revised("message D1 1.1", None)


@pytest.mark.parametrize(
    "event",
    [
        edited("same", {"text": "same"}),
        edited("by a bot", {"text": "x"}, bot_id="B1"),
        edited("our own", {"text": "x"}, user="UBOT"),
        {"subtype": "channel_join", "channel": "C1"},
        {"channel": "C1", "text": "hello", "user": "UA", "ts": "1.1"},
    ],
)
def test_other_events_revise_nothing(event: dict[str, Any]):
    assert parse.revised(event, "UBOT") is None


@pytest.mark.parametrize(
    ("body", "team"),
    [
        ({"team_id": "T1"}, "T1"),
        ({"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T2"}}, "T1"),
        # An organization's installation gets the events of its workspaces elsewhere.
        ({"team_id": "T1", "authorizations": [{"enterprise_id": "E1", "team_id": None}]}, "T1"),
        ({"team_id": "T9", "context_team_id": "T1", "authorizations": [{"team_id": None}]}, "T1"),
        ({"team": None, "enterprise": {"id": "E1"}, "user": {"id": "U1", "team_id": "T1"}}, "T1"),
        ({"team": None, "view": {"app_installed_team_id": "E1", "team_id": "T1"}}, "T1"),
        ({"team": {"id": "T2"}, "view": {"app_installed_team_id": "T1", "team_id": "T2"}}, "T1"),
        ({"team_id": "E1", "authorizations": []}, ""),
        ({}, ""),
    ],
)
def test_a_workspace_is_named_wherever_slack_names_it(body: dict[str, Any], team: str):
    assert parse.team_of(body) == team


def test_a_form_with_a_file_of_which_slack_tells_nothing_is_not_lost():
    file = {"id": "F1", "mode": "file_access", "file_access": "check_file_info"}
    form = parse.form(
        {
            "user": {"id": "UENGINEER"},
            "view": {
                "id": "V1",
                "blocks": [{"type": "input", "block_id": "code_file"}],
                "state": {"values": {"code_file": {"code": {"type": "file_input", "files": [file]}}}},
            },
        }
    )
    assert form.files == {"code_file": Attachment("F1", 0, "")}
