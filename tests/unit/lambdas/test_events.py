"""What a Lambda is asked: bare, under `arguments`, from a gateway; and what is wrong with it in one sentence."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from bot.lambdas.events import Context, read, seconds_left, tool_name
from services.domain.errors import BadRequest
from services.lambdas.wire import RUN, VALIDATE, SnippetEvent, ValidationEvent

ASKED = {"code": "print(1)", "ray_cluster_ip": "10.0.0.1"}


def context(tool: str | None = None, millis: int = 30_000) -> Context:
    custom = {"bedrockAgentCoreToolName": tool} if tool else {}
    reported: Any = SimpleNamespace(
        client_context=SimpleNamespace(custom=custom), get_remaining_time_in_millis=lambda: millis
    )
    return reported


@pytest.mark.parametrize("event", [ASKED, {"arguments": ASKED}, {"arguments": json.dumps(ASKED)}])
@pytest.mark.parametrize(
    "of", [None, context(), context("ray-code-validation-inline___validate_ray_code"), context(VALIDATE)]
)
def test_every_way_of_asking_says_the_same(event: Any, of: Context | None):
    asked = read(ValidationEvent, event, of, VALIDATE)
    assert (asked.code, asked.ray_cluster_ip, asked.timeout, asked.files) == (
        "print(1)",
        "10.0.0.1",
        None,
        {},
    )


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (None, "must be a JSON object"),
        ([], "must be a JSON object"),
        ({}, "no `code`"),
        ({"code": None}, "`code` is wrong"),
        ({"code": ""}, "`code` is wrong"),
        ({"code": 5}, "`code` is wrong"),
        ({"arguments": 5}, "`arguments` must be"),
        ({"arguments": "{"}, "`arguments` must be"),
        ({"code": "1", "timeout": -1}, "`timeout` is wrong"),
        ({"code": "1", "timeout": float("nan")}, "`timeout` is wrong"),
        ({"code": "1", "files": {"a": 5}}, "`files.a` is wrong"),
    ],
)
def test_a_bad_event_is_one_sentence(event: Any, sentence: str):
    with pytest.raises(BadRequest, match=sentence) as raised:
        read(ValidationEvent, event, None, VALIDATE)
    assert "\n" not in raised.value.public


def test_another_tool_is_refused_by_name():
    with pytest.raises(BadRequest, match="no tool 'validate_ray_code', only 'run_python'"):
        read(SnippetEvent, {"code": "1"}, context("x___validate_ray_code"), RUN)


def test_a_timeout_may_be_written_as_text():
    assert read(SnippetEvent, {"code": "1", "timeout": "5"}, None, RUN).timeout == 5


@pytest.mark.parametrize("custom", [None, [], {"bedrockAgentCoreToolName": 5}])
def test_a_client_context_of_another_kind_is_no_gateways(custom: Any):
    reported: Any = SimpleNamespace(client_context=SimpleNamespace(custom=custom))
    assert tool_name(reported) == ""


def test_time_left_is_what_the_runtime_says():
    assert seconds_left(context(millis=1500)) == 1.5
