"""What a task spends is counted, priced, and ends at its budget with what was reached."""

from __future__ import annotations

import pytest

from services.domain.errors import BudgetSpent, ModelUnavailable
from services.domain.values import Outcome, Verdict
from services.llm.interface import Reply, ToolCall, Usage
from services.policy import check
from services.supervisor.agent import Briefing, Supervisor
from services.supervisor.generator import GenerationRequest, Generator
from services.supervisor.meter import Budget, Meter, Price
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from tests.fakes import FakeValidator
from tests.standins.scripted_model import ScriptedModel

PRICES = {"sonnet": Price(3, 15)}


def answer(code: str, *, tokens: int = 1000, model: str = "claude-sonnet-5-5") -> Reply:
    call = ToolCall("c", "submit_program", {"title": "T", "purpose": "P.", "code": code})
    return Reply((call,), "tool_use", model, Usage(tokens, 100, 2000, 400))


def wish() -> Reply:
    return Reply((ToolCall("w", "write_program", {"request": "x"}),), "tool_use", "m", Usage(10, 5))


def workshop(replies: list[Reply | Exception], outcomes: list[Outcome]) -> Workshop:
    return Workshop(Generator(ScriptedModel(replies), Profile("s")), check, FakeValidator(outcomes))


async def nothing(_: object) -> None: ...


FAILED = Outcome(verdict=Verdict.FAILED, detail="NameError: x")
OTHER = Outcome(verdict=Verdict.FAILED, detail="NameError: y")
PASSED = Outcome(verdict=Verdict.PASSED, stdout="3\n")


async def test_tokens_and_money_are_counted_over_all_calls():
    meter = Meter(prices=PRICES)
    await workshop([answer("print(x)"), answer("print(3)")], [FAILED, PASSED]).make(
        GenerationRequest("o"), nothing, meter
    )
    spent = meter.spent
    assert (spent.calls, spent.attempts, spent.input, spent.output) == (2, 2, 2000, 200)
    assert (spent.cached, spent.written, spent.tokens) == (4000, 800, 7000)
    assert spent.money == pytest.approx(2 * (3 * (1000 + 200 + 500) + 15 * 100) / 1e6)
    assert spent.models == ("claude-sonnet-5-5",)


async def test_without_a_price_there_is_no_figure():
    meter = Meter(prices=PRICES)
    await workshop([answer("print(3)", model="cookbook")], [PASSED]).make(
        GenerationRequest("o"), nothing, meter
    )
    assert meter.spent.money is None


async def test_a_spent_budget_keeps_the_best_draft_and_says_what_was_reached():
    meter = Meter(Budget(tokens=3000))
    made = await workshop([answer("print(x)"), answer("print(y)")], [FAILED, OTHER]).make(
        GenerationRequest("o"), nothing, meter
    )
    assert made.attempts == 1
    assert made.program is not None
    assert made.cut == "It used 3,500 tokens; the limit for one request is 3,000."


@pytest.mark.parametrize(
    ("budget", "sentence"),
    [
        (Budget(money=0.001), r"It cost 0\.0\d; the limit for one request is 0\.00\."),
        (Budget(wall=5), r"It took .*; the limit for one request is 5"),
    ],
)
async def test_money_and_time_are_limits_too(budget: Budget, sentence: str):
    now = [0.0]
    meter = Meter(budget, PRICES, clock=lambda: now[0])
    await meter.ask(ScriptedModel([answer("1")]), system="", turns=[])
    now[0] = 10.0
    with pytest.raises(BudgetSpent, match=sentence):
        await meter.ask(ScriptedModel([answer("1")]), system="", turns=[])


async def test_a_model_that_goes_away_between_attempts_leaves_the_draft_too():
    made = await workshop([answer("print(x)"), ModelUnavailable()], [FAILED]).make(
        GenerationRequest("o"), nothing
    )
    assert made.program is not None
    assert made.cut == ModelUnavailable().public


async def test_the_supervisor_closes_in_its_own_words_when_nothing_is_left():
    maker = workshop([answer("print(x)")], [FAILED])
    supervisor = Supervisor(ScriptedModel([wish()]), maker, "s")
    conclusion = await supervisor.handle(Briefing("x"), nothing, Meter(Budget(tokens=2000)))
    assert conclusion.made is not None
    assert "No working program yet: NameError: x" in conclusion.text
    assert "the limit for one request is 2,000" in conclusion.text
