"""What a task spends on models, and where that ends: tokens, money and time by a budget."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from services.domain.errors import BudgetSpent
from services.domain.values import Spent
from services.llm.interface import LanguageModel, Reply, Usage
from services.observability.tracing import span
from services.text.formatting import human_seconds

MILLION = 1_000_000
_READING = 0.1
_WRITING = 1.25


@dataclass(frozen=True, slots=True)
class Price:
    """Money for a million tokens in and out; reading from the prompt cache costs a tenth, writing a quarter more."""

    input: float
    output: float

    def of(self, usage: Usage) -> float:
        read = usage.input + _READING * usage.cached + _WRITING * usage.written
        return (self.input * read + self.output * usage.output) / MILLION


@dataclass(frozen=True, slots=True)
class Budget:
    """What one task may take: tokens of all kinds, money where prices are known, and seconds."""

    tokens: int = 400_000
    money: float | None = None
    wall: float = 900.0


@dataclass(slots=True)
class Meter:
    """One task's account. `prices` are by the beginning of a model's name, since services add dates and versions.

    `before` is what the task had spent when its process died, and `elsewhere` what another process spends on it now;
    both count. That one's seconds pass here, too.
    """

    budget: Budget = field(default_factory=Budget)
    prices: Mapping[str, Price] = field(default_factory=dict[str, Price])
    clock: Callable[[], float] = time.monotonic
    usage: Usage = field(default_factory=Usage)
    money: float | None = None
    calls: int = 0
    attempts: int = 0
    models: dict[str, None] = field(default_factory=dict[str, None])
    before: Spent = field(default_factory=Spent)
    elsewhere: Spent = field(default_factory=Spent)
    _began: float = 0.0

    def __post_init__(self) -> None:
        self._began = self.clock()

    async def ask(self, model: LanguageModel, **request: Any) -> Reply:
        """`model.reply(**request)` on this account. Raises BudgetSpent instead, once nothing is left."""
        self.check()
        with span("model call") as opened:
            reply = await model.reply(**request)
            opened.set_attributes(
                {
                    "gen_ai.response.model": reply.model,
                    "gen_ai.usage.input_tokens": reply.usage.input + reply.usage.cached,
                    "gen_ai.usage.output_tokens": reply.usage.output,
                }
            )
        self.calls += 1
        self.usage += reply.usage
        self.models[reply.model] = None
        price = next((price for name, price in self.prices.items() if name in reply.model), None)
        if price is not None:
            self.money = (self.money or 0.0) + price.of(reply.usage)
        return reply

    def check(self) -> None:
        """Raises BudgetSpent that says which of the limits was reached."""
        budget, spent, elapsed = self.budget, self.spent, self.clock() - self._began
        if spent.tokens >= budget.tokens:
            raise BudgetSpent(
                f"It used {spent.tokens:,} tokens; the limit for one request is {budget.tokens:,}."
            )
        if budget.money is not None and (spent.money or 0.0) >= budget.money:
            raise BudgetSpent(f"It cost {spent.money:.2f}; the limit for one request is {budget.money:.2f}.")
        if elapsed >= budget.wall:
            limit = human_seconds(budget.wall)
            raise BudgetSpent(f"It took {human_seconds(elapsed)}; the limit for one request is {limit}.")

    @property
    def spent(self) -> Spent:
        return self.before + self.now

    @property
    def now(self) -> Spent:
        """What was spent since this account was opened."""
        mine = Spent(
            calls=self.calls,
            input=self.usage.input,
            output=self.usage.output,
            cached=self.usage.cached,
            written=self.usage.written,
            money=self.money,
            seconds=self.clock() - self._began,
            models=tuple(self.models),
            attempts=self.attempts,
        )
        return mine + replace(self.elsewhere, seconds=0.0)
