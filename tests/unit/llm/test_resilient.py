"""Several models as one: who is asked when one is busy or breaks off, and how long anyone waits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from services.domain.errors import ModelBusy, ModelInterrupted, ModelUnavailable
from services.llm.circuit import Circuit
from services.llm.interface import Reply, Text
from services.llm.resilient import ResilientModel


@dataclass
class Scripted:
    """Answers as scripted, with its name; each step is an error, a text, or None for never."""

    name: str
    steps: list[Exception | str | None] = field(default_factory=list)
    asked: int = 0

    async def reply(self, *, on_text=None, **_: object) -> Reply:
        step = self.steps[self.asked] if self.asked < len(self.steps) else "hello"
        self.asked += 1
        if step is None:
            await asyncio.Event().wait()
        if on_text is not None:
            await on_text("hel")
        if isinstance(step, Exception):
            raise step
        if on_text is not None:
            await on_text(step)
        return Reply((Text(str(step)),), "end_turn", self.name)


async def ask(model: ResilientModel, seen: list[str] | None = None) -> Reply:
    async def on_text(text: str) -> None:
        assert seen is not None
        seen.append(text)

    return await model.reply(system="", turns=[], on_text=None if seen is None else on_text)


async def test_a_busy_model_is_left_out_for_everyone_until_it_may_be_asked_again():
    now = [0.0]
    first, second = Scripted("first", [ModelBusy(retry_after=10)]), Scripted("second")
    circuit = Circuit(clock=lambda: now[0])
    one, other = ResilientModel([first, second], circuit), ResilientModel([first, second], circuit)
    assert (await ask(one)).model == "second"
    assert (await ask(other)).model == "second"
    assert (first.asked, second.asked) == (1, 2), "nobody else waits for the busy one in vain"
    now[0] = 10.0
    assert (await ask(other)).model == "first"


async def test_what_was_shown_of_a_broken_answer_is_taken_back():
    seen: list[str] = []
    first, second = Scripted("first", [ModelInterrupted()]), Scripted("second")
    assert (await ask(ResilientModel([first, second], Circuit()), seen)).model == "second"
    assert seen == ["hel", "", "hel", "hello"]


async def test_a_single_model_is_asked_again_after_a_break_but_not_for_ever():
    once = Scripted("one", [ModelInterrupted(), ModelInterrupted()])
    assert (await ask(ResilientModel([once], Circuit()))).text == "hello"
    always = Scripted("one", [ModelInterrupted()] * 9)
    with pytest.raises(ModelInterrupted):
        await ask(ResilientModel([always], Circuit()))
    assert always.asked == 4


async def test_a_short_wait_is_waited_and_a_long_one_is_reported():
    short = Scripted("one", [ModelBusy(retry_after=0.05)] * 3)
    assert (await ask(ResilientModel([short], Circuit()))).text == "hello"
    long = Scripted("one", [ModelBusy(retry_after=90)])
    with pytest.raises(ModelBusy, match=r"Try again in .*30") as busy:
        await ask(ResilientModel([long], Circuit()))
    assert busy.value.retry_after == pytest.approx(90, abs=1)


async def test_a_final_refusal_is_not_repeated():
    model = Scripted("one", [ModelUnavailable("The configured model doesn't exist.")])
    with pytest.raises(ModelUnavailable, match="doesn't exist"):
        await ask(ResilientModel([model, Scripted("two")], Circuit()))
    assert model.asked == 1


async def test_an_answer_that_never_comes_ends_at_the_deadline():
    with pytest.raises(ModelUnavailable, match="too long"):
        await ask(ResilientModel([Scripted("one", [None])], Circuit(), deadline=0.05))


def test_without_a_figure_the_pause_grows():
    now = [0.0]
    circuit = Circuit(clock=lambda: now[0])
    pauses = []
    for _ in range(3):
        circuit.throttled("one", None)
        pauses.append(circuit.wait("one"))
    assert pauses == [1.0, 2.0, 4.0]
    circuit.answered("one")
    assert circuit.wait("one") == 0.0
    circuit.throttled("one", 1e9)
    assert circuit.wait("one") == 300.0, "no service keeps us away for ever"
