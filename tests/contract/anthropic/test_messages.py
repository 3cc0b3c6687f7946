"""The stand-in under the real SDK: messages, streams, tools, usage, models, token counts."""

import time
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import pytest

from bot.playground.anthropic import (
    Answer,
    ModelStandIn,
    Say,
    Use,
    empty,
    out_of_tokens,
    paused,
    refusal,
    say,
    truncated_use,
    use,
)

from .wire import MODEL, SUBMIT, WRITE, ask, client_of


@pytest.fixture
async def standin() -> AsyncIterator[ModelStandIn]:
    async with ModelStandIn(pace=0.0).serve() as serving:
        yield serving


@pytest.fixture
async def client(standin: ModelStandIn) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with client_of(standin) as client:
        yield client


async def test_a_message_at_once(standin: ModelStandIn, client: anthropic.AsyncAnthropic):
    standin.script.add(say("Good day."))
    message = await client.messages.create(**ask("hello"))
    assert message.content[0].text == "Good day."
    assert (message.role, message.type, message.model) == ("assistant", "message", MODEL)
    assert message.stop_reason == "end_turn"
    assert message.usage.input_tokens > 0
    assert message.usage.output_tokens == 3
    assert message._request_id.startswith("req_")


async def test_the_same_message_streamed(standin: ModelStandIn, client: anthropic.AsyncAnthropic):
    words = "A somewhat longer sentence, so that it comes in pieces. ✓"
    standin.script.add(say(words))
    async with client.messages.stream(**ask("hello")) as stream:
        pieces = [piece async for piece in stream.text_stream]
        message = await stream.get_final_message()
    assert len(pieces) > 3
    assert "".join(pieces) == message.content[0].text == words
    assert message.stop_reason == "end_turn"
    assert message.usage.output_tokens > 5


async def test_the_grammar_of_a_stream(standin: ModelStandIn, client: anthropic.AsyncAnthropic):
    standin.script.add(use("write_program", "One moment.", request="estimate pi"))
    async with await client.messages.create(**ask("x", tools=[WRITE]), stream=True) as stream:
        kinds = [event.type async for event in stream]
    deduplicated = [kind for at, kind in enumerate(kinds) if at == 0 or kinds[at - 1] != kind]
    block = ["content_block_start", "content_block_delta", "content_block_stop"]
    assert deduplicated == ["message_start", *block, *block, "message_delta", "message_stop"]


async def test_pings_and_framing_on_the_wire(standin: ModelStandIn, client: anthropic.AsyncAnthropic):
    standin.script.add(say("Hello."))
    async with client.messages.with_streaming_response.create(**ask("hi"), stream=True) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["request-id"].startswith("req_")
        lines = [line async for line in response.iter_lines()]
    names = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    assert names[:3] == ["message_start", "content_block_start", "ping"]
    assert names[-1] == "message_stop"
    assert lines[-1] == ""


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_tool_call(standin: ModelStandIn, client: anthropic.AsyncAnthropic, *, streamed: bool):
    arguments = {"title": "Ünïcode “quotes”", "code": "print('x')\n" * 50, "n": 3}
    standin.script.add(use("submit_program", "Here it is.", **arguments))
    message = await _either(client, streamed, **ask("x", tools=[SUBMIT]))
    text, call = message.content
    assert text.text == "Here it is."
    assert (call.type, call.name, call.input) == ("tool_use", "submit_program", arguments)
    assert call.id.startswith("toolu_")
    assert message.stop_reason == "tool_use"


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("answer", "stop", "content"),
    [
        (empty(), "end_turn", []),
        (refusal(), "refusal", []),
        (refusal("I can't."), "refusal", ["I can't."]),
        (paused("Still at it."), "pause_turn", ["Still at it."]),
        (out_of_tokens("Cut of"), "max_tokens", ["Cut of"]),
        (use("no_such_tool", x=1), "tool_use", [{"x": 1}]),
        (Answer((Use("a", {"n": 1}), Use("b", {"n": 2}))), "tool_use", [{"n": 1}, {"n": 2}]),
        (Answer((Say("one"), Say("two"))), "end_turn", ["one", "two"]),
    ],
    ids=["empty", "refusal", "spoken refusal", "pause", "tokens", "unknown tool", "two tools", "two texts"],
)
async def test_ways_to_end(
    standin: ModelStandIn,
    client: anthropic.AsyncAnthropic,
    *,
    streamed: bool,
    answer: Answer,
    stop: str,
    content: list[Any],
):
    standin.script.add(answer)
    message = await _either(client, streamed, **ask("x", tools=[WRITE]))
    assert message.stop_reason == stop
    assert [block.text if block.type == "text" else block.input for block in message.content] == content


async def test_tool_json_that_ends_half_way(standin: ModelStandIn, client: anthropic.AsyncAnthropic):
    standin.script.add(truncated_use("submit_program", title="Pi", code="print(1)" * 30))
    message = await _either(client, True, **ask("x", tools=[SUBMIT]))
    assert message.content[0].input["title"] == "Pi"
    assert len(message.content[0].input.get("code", "")) < 240


async def test_tool_json_that_is_no_json(standin: ModelStandIn, client: anthropic.AsyncAnthropic):
    standin.script.add(Answer((Use("submit_program", raw='{"title": Pi}'),)))
    with pytest.raises(ValueError, match="Unable to parse tool parameter JSON"):
        await _either(client, True, **ask("x", tools=[SUBMIT]))


async def test_max_tokens_cuts_an_answer(standin: ModelStandIn, client: anthropic.AsyncAnthropic):
    standin.script.add(say("word " * 100))
    message = await client.messages.create(**ask("x") | {"max_tokens": 10})
    assert message.stop_reason == "max_tokens"
    assert message.usage.output_tokens == 10


async def test_a_stop_sequence_ends_an_answer(standin: ModelStandIn, client: anthropic.AsyncAnthropic):
    standin.script.add(say("one END two"))
    message = await client.messages.create(**ask("x"), stop_sequences=["END"])
    assert (message.stop_reason, message.stop_sequence) == ("stop_sequence", "END")
    assert message.content[0].text == "one "


async def test_a_marked_prefix_is_written_once_and_then_read(
    standin: ModelStandIn, client: anthropic.AsyncAnthropic
):
    marked = [{"type": "text", "text": "You are careful. " * 50, "cache_control": {"type": "ephemeral"}}]
    standin.script.add(say("1"), say("2"), say("3"))
    first = (await client.messages.create(**ask("one"), system=marked)).usage
    second = (await client.messages.create(**ask("another"), system=marked)).usage
    other = (await client.messages.create(**ask("one", tools=[WRITE]), system=marked)).usage
    assert first.cache_creation_input_tokens > 200
    assert first.cache_read_input_tokens == 0
    assert (second.cache_creation_input_tokens, second.cache_read_input_tokens) == (
        0,
        first.cache_creation_input_tokens,
    )
    assert second.input_tokens < 30
    assert other.cache_read_input_tokens == 0, "tools come before the system prompt, so the prefix differs"


async def test_a_growing_conversation_reads_what_it_had_before(
    standin: ModelStandIn, client: anthropic.AsyncAnthropic
):
    marked = {"type": "ephemeral"}
    one = {"role": "user", "content": [{"type": "text", "text": "question " * 40, "cache_control": marked}]}
    bare = {"role": "user", "content": [{"type": "text", "text": "question " * 40}]}
    two = {"role": "user", "content": [{"type": "text", "text": "more " * 40, "cache_control": marked}]}
    standin.script.add(say("1"), say("2"))
    head = {"model": MODEL, "max_tokens": 100}
    first = (await client.messages.create(**head, messages=[one])).usage
    turns = [bare, {"role": "assistant", "content": "answer"}, two]
    second = (await client.messages.create(**head, messages=turns)).usage
    assert second.cache_read_input_tokens == first.cache_creation_input_tokens
    assert second.cache_creation_input_tokens > 0


async def test_tokens_can_be_counted_beforehand(standin: ModelStandIn, client: anthropic.AsyncAnthropic):
    request = ask("estimate pi", tools=[WRITE])
    counted = await client.messages.count_tokens(
        model=MODEL, messages=request["messages"], tools=request["tools"], system="Be brief."
    )
    standin.script.add(say("ok"))
    used = (await client.messages.create(**request, system="Be brief.")).usage
    assert counted.input_tokens == used.input_tokens


async def test_the_models(client: anthropic.AsyncAnthropic):
    names = [model.id async for model in client.models.list(limit=1)]
    assert MODEL in names
    assert len(names) == len(set(names)) >= 3
    one = await client.models.retrieve(MODEL)
    assert one.display_name.startswith("Claude")
    assert one.max_tokens
    with pytest.raises(anthropic.NotFoundError):
        await client.models.retrieve("claude-none")


async def test_what_was_asked_is_remembered_and_a_script_may_look_at_it(
    standin: ModelStandIn, client: anthropic.AsyncAnthropic
):
    standin.script.add(lambda dialogue: say(f"You said {dialogue.last.text!r}"))
    message = await client.messages.create(**ask("hi"), system="S")
    assert message.content[0].text == "You said 'hi'"
    assert standin.requests[-1]["system"] == "S"
    assert standin.requests[-1]["messages"][0]["content"] == "hi"


async def test_after_the_script_the_cookbook_answers(standin: ModelStandIn, client: anthropic.AsyncAnthropic):
    standin.script.add(say("scripted"))
    assert (await client.messages.create(**ask("what is 2 + 3?"))).content[0].text == "scripted"
    assert (await client.messages.create(**ask("what is 2 + 3?"))).content[0].text == "2 + 3 = 5"


async def test_a_whole_conversation_with_the_cookbook(client: anthropic.AsyncAnthropic):
    asked = ask("sum of squares up to 100", tools=[WRITE])
    order = await _either(client, True, **asked)
    request = order.content[1].input["request"]
    turns: list[Any] = [{"role": "user", "content": f"<request>{request}</request>"}]
    generate = {
        **ask("", tools=[SUBMIT]),
        "tool_choice": {"type": "tool", "name": "submit_program"},
        "messages": turns,
    }
    draft = await _either(client, True, **generate)
    evidence = "<attempt number=\"1\" verdict=\"failed\"><error>TypeError: unsupported operand type(s) for +: 'int' and 'ray._raylet.ObjectRef'</error></attempt>"
    turns += [_echo(draft), _result(draft, evidence, is_error=True)]
    repaired = await _either(client, True, **generate)
    assert "N = 100\n" in repaired.content[0].input["code"]
    assert draft.content[0].input["code"] != repaired.content[0].input["code"]
    report = "proposal passed: Sum the squares up to N; output: <output>Result: 338350</output>"
    asked["messages"] += [_echo(order), _result(order, report, is_error=False)]
    closing = await _either(client, True, **asked)
    assert "338350" in closing.content[0].text


async def test_an_answer_streams_visibly():
    async with ModelStandIn().serve() as standin, client_of(standin) as client:
        assert await _span(standin, client) > 0.02


async def _span(standin: ModelStandIn, client: anthropic.AsyncAnthropic) -> float:
    """Seconds from the first to the last piece of a long answer."""
    standin.script.add(say("word " * 400))
    async with client.messages.stream(**ask("x")) as stream:
        arrivals = [time.perf_counter() async for _ in stream.text_stream]
    return arrivals[-1] - arrivals[0]


async def _either(client: anthropic.AsyncAnthropic, streamed: bool, **request: Any) -> Any:  # noqa: FBT001
    if not streamed:
        return await client.messages.create(**request)
    async with client.messages.stream(**request) as stream:
        return await stream.get_final_message()


def _echo(message: Any) -> Any:
    return {
        "role": "assistant",
        "content": [block.model_dump(exclude_none=True) for block in message.content],
    }


def _result(message: Any, content: str, *, is_error: bool) -> Any:
    call = message.content[-1].id
    block = {"type": "tool_result", "tool_use_id": call, "content": content, "is_error": is_error}
    return {"role": "user", "content": [block]}
