"""A program that ended for want of arguments: its card offers the form for them, and the terminal says how they are given."""

from __future__ import annotations

import json

from bot.playground.slack.blockkit import check
from bot.playground.slack.rules import Rules
from bot.reports.validation import as_text
from handlers.blocks import action_ids, parameters, tasks
from services.domain.entities import TaskStatus
from services.domain.parameters import Given
from services.domain.values import Outcome, Verdict
from services.validation.examine import Examined
from tests import builders

USAGE = (
    "usage: program.py [-h] --days DAYS\nprogram.py: error: the following arguments are required: --days\n"
)
LACKS = Outcome(verdict=Verdict.FAILED, exit_code=2, stderr=USAGE)


def test_the_card_of_a_program_that_lacks_arguments_offers_their_form():
    proposal = builders.proposal(validation=LACKS)
    message = tasks.failed(
        builders.task(status=TaskStatus.FAILED, summary="It failed."), builders.card(proposal)
    )
    check.message_blocks(message.blocks, Rules())
    (actions,) = [block for block in message.blocks if block["type"] == "actions"]
    labels = {each["action_id"]: each["text"]["text"] for each in actions["elements"]}
    assert labels[action_ids.PROPOSAL_PARAMETERS] == "Add arguments"
    assert "it needs arguments: --days" in json.dumps(message.blocks)
    form = parameters.choose(proposal)
    check.view(form, Rules(), kind="modal")
    assert "The program says that it needs arguments: --days." in json.dumps(form)
    given, errors = parameters.chosen(proposal, {parameters.ARGUMENTS: "--days 3 --name 'a b'"})
    assert (given, errors) == (Given(arguments=("--days", "3", "--name", "a b")), {})


def test_any_other_failure_does_not():
    for validation in (Outcome(verdict=Verdict.FAILED, exit_code=2, stderr="no"), builders.passed()):
        assert parameters.buttons(builders.proposal(validation=validation)) == []


def test_the_terminal_says_how_arguments_are_given():
    first = as_text(Examined(LACKS)).splitlines()[0]
    assert first == (
        "failed: it needs arguments: --days. Put arguments after --, as in: raygen validate FILE -- --days 7"
    )
