"""What a run will probably cost on a target whose operator has set prices: an estimate, and never more than that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.domain.entities import Proposal
from services.domain.program_facts import ProgramFacts
from services.text.formatting import human_resource, human_seconds

_HOUR = 3600.0
_GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices by the name of a resource, for an hour of one of it; for `memory`, for an hour of one GiB."""

    hourly: Mapping[str, float] = field(default_factory=dict[str, float])
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Estimate:
    """An expected cost and what it rests on: seconds, whether the program's header `stated` them, and amounts that have a price."""

    money: float
    currency: str
    seconds: float
    stated: bool
    amounts: Mapping[str, float] = field(default_factory=dict[str, float])

    def sentence(self) -> str:
        """Such as `about 0.12 USD (3 min 05 s as in validation, 2 CPUs)`."""
        basis = "declared" if self.stated else "as in validation"
        used = [human_resource(name, round(amount, 2)) for name, amount in self.amounts.items()]
        return f"{self._money()} ({human_seconds(self.seconds)} {basis}, {', '.join(used)})"

    def _money(self) -> str:
        if 0 < self.money < 0.01:
            return f"under 0.01 {self.currency}"
        return f"about {self.money:,.2f} {self.currency}"


def estimate(prices: Prices, proposal: Proposal, driver: Mapping[str, float]) -> Estimate | None:
    """The expected cost of a proposal; None where nothing has a price, or the duration is unknown.

    The time is the longer of what was measured and what the header expects, as for approvals. The amounts are the most
    that a task, an actor or the driver asks for, where the header names nothing else what `driver` says the target gives
    it; the validation counts where it used more: the CPUs that were busy on average, and the peak of memory. One CPU at
    least is counted.
    """
    facts, seen = ProgramFacts.of(proposal), proposal.validation
    if not prices.hourly or not facts.wall:
        return None
    header = proposal.header
    busy = seen.cpu / seen.wall if seen.cpu and seen.wall else 0.0
    amounts = {"CPU": max(1.0, busy), "memory": float(seen.peak_memory or 0)}
    given = [] if header.resources else [*driver.items()]
    for name, amount in (*facts.resources.items(), *given):
        amounts[name] = max(amount, amounts.get(name, 0.0))
    priced = {name: amounts[name] for name in prices.hourly if amounts.get(name)}
    if not priced:
        return None
    hourly = sum(prices.hourly[name] * _units(name, amount) for name, amount in priced.items())
    stated = (header.wall or 0.0) > (seen.wall or 0.0)
    return Estimate(hourly * facts.wall / _HOUR, prices.currency, facts.wall, stated, priced)


def _units(name: str, amount: float) -> float:
    return amount / _GIB if name == "memory" else amount
