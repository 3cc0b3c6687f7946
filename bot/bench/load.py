"""A hundred people who ask within one second, the same while hostile programs are parsed, and then a steady load."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bot.bench.figures import BYTES, COUNT, SECONDS, Figure, Ratio, Report
from bot.bench.machine import describe
from bot.bench.workspace import Asked, Workspace, workspace

Say = Callable[[str], None]
Load = Callable[[], Awaitable[list[Asked]]]

ACK_LIMIT = 1.0
_ANSWER_LIMIT = 300.0
_SETTLE = 3.0
_SEED = 13
_EVERY = 5.0
_AFTER = 20
# Each is small, and once held the process for seconds or for ever.
HOSTILE = (
    f'# /// script\n# dependencies = ["a{("<1" + " " * 100) * 4}@"]\n# ///\nprint(1)',
    "# /// script\n" * 2000 + "print(1)",
    "(\n" * 2000,
    "x = (" + "-\n" * 2000 + "1)",
    "print(" + "f'{1}'\n" * 1500 + ")",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many `people` ask within a second, and for how many `minutes` so many a minute (`rate`) go on asking."""

    people: int = 100
    minutes: float = 10.0
    rate: int = 60


@dataclass(slots=True)
class Phase:
    """One stretch of the load: its requests, how long all answers took, and bytes that the bot's process grew by."""

    asked: list[Asked] = field(default_factory=list[Asked])
    seconds: float = 0.0
    growth: int = 0
    unanswered: int = 0
    failed: int = 0
    wrongly_refused: int = 0

    @property
    def acks(self) -> Figure:
        return Figure.of([each.seconds for each in self.asked], SECONDS)


async def run(plan: Plan, say: Say) -> Report:
    """Measure; an acknowledgement after more than a second and an answer that is missing are among the problems."""
    say("starting a playground")
    async with workspace() as place:
        crowd = Crowd(place, plan, say)
        await crowd.phase("warming up", crowd.at_once)
        quiet = await crowd.phase("everybody at once", crowd.at_once)
        beside = await crowd.phase("the same beside hostile programs", crowd.beside_hostile_programs)
        steady = await crowd.phase("steady load", crowd.steadily) if plan.minutes else None
    return report(plan, quiet, beside, steady)


class Crowd:
    """People with questions, each with a number of its own."""

    def __init__(self, place: Workspace, plan: Plan, say: Say) -> None:
        self._place = place
        self._plan = plan
        self._say = say
        self._next = 0
        self._chance = random.Random(_SEED)  # noqa: S311  # moments within a second

    async def phase(self, name: str, load: Load) -> Phase:
        """One stretch, from a process at rest to a process at rest, with what came of each request."""
        self._say(name)
        before, began = await self._at_rest(), time.monotonic()
        asked = await load()
        phase = Phase(asked)
        answers = await self._answered(phase)
        phase.seconds = time.monotonic() - began
        phase.growth = await self._at_rest() - before
        for each in asked:
            found = answers.get(each.number, [])
            right = any(str(1000 + each.number) in answer for answer in found)
            phase.unanswered += each.taken and not found
            phase.failed += bool(found) and not right
            phase.wrongly_refused += not each.taken and each.number in answers
        return phase

    async def at_once(self) -> list[Asked]:
        """Everybody within one second."""
        return list(
            await asyncio.gather(*(self._later(self._chance.random()) for _ in range(self._plan.people)))
        )

    async def beside_hostile_programs(self) -> list[Asked]:
        """The same, while a guest has programs checked that are made to hold up whatever parses them.

        They are parsed again after their validation: so somebody asks each second until that is over.
        """
        forms = [await self._place.program_form(code, "UGUEST") for code in HOSTILE]
        attack = asyncio.gather(*(self._place.submit(form, "UGUEST") for form in forms))
        asked, after = await asyncio.gather(
            self.at_once(), asyncio.gather(*(self._later(second) for second in range(1, _AFTER + 1)))
        )
        await attack
        return [*asked, *after]

    async def steadily(self) -> list[Asked]:
        """One after the other at even intervals, whether or not those before have their answer."""
        pause = 60 / self._plan.rate
        count = max(int(self._plan.minutes * self._plan.rate), 1)
        return list(await asyncio.gather(*(self._later(number * pause) for number in range(count))))

    async def _later(self, seconds: float) -> Asked:
        number, self._next = self._next, self._next + 1
        await asyncio.sleep(seconds)
        return await self._place.ask(number)

    async def _answered(self, phase: Phase) -> dict[int, list[str]]:
        """All answers, once everybody who was taken has a final one or the limit is reached."""
        limit = time.monotonic() + _ANSWER_LIMIT
        while True:
            answers = await self._place.answers()
            final = {
                number for number, found in answers.items() if any(_final(number, each) for each in found)
            }
            waiting = [each for each in phase.asked if each.taken and each.number not in final]
            if not waiting or time.monotonic() > limit:
                return answers
            self._say(f"{len(waiting)} wait for their answer")
            await asyncio.sleep(_EVERY)

    async def _at_rest(self) -> int:
        await asyncio.sleep(_SETTLE)
        return self._place.memory()


def _final(number: int, answer: str) -> bool:
    return str(1000 + number) in answer or "went wrong" in answer


def report(plan: Plan, quiet: Phase, beside: Phase, steady: Phase | None) -> Report:
    phases = {"": quiet, "beside_hostile_": beside} | ({"steady_": steady} if steady else {})
    figures: dict[str, Figure] = {}
    for prefix, phase in phases.items():
        figures[f"{prefix}ack"] = phase.acks
        figures[f"{prefix}all_answered"] = Figure.of([phase.seconds], SECONDS)
        figures[f"{prefix}memory_growth"] = Figure.of([phase.growth], BYTES)
        for name, count in (
            ("unanswered", phase.unanswered),
            ("failed", phase.failed),
            ("told_failed_though_taken", phase.wrongly_refused),
        ):
            figures[prefix + name] = Figure.of([count], COUNT)
    how = f"the slowest of {plan.people} acknowledgements in one second while hostile programs are parsed, and without them"
    ratios = {"beside_hostile_over_quiet": Ratio(round(beside.acks.max / quiet.acks.max, 3), how)}
    return Report("load", describe(), figures, ratios, tuple(_problems(list(phases.values()))))


def _problems(phases: Sequence[Phase]) -> list[str]:
    late = [each for phase in phases for each in phase.asked if each.seconds > ACK_LIMIT]
    counted = {
        f"{len(late)} acknowledgements took longer than {ACK_LIMIT:g} s.": len(late),
        "Requests were taken and have no answer.": sum(phase.unanswered for phase in phases),
        "Requests were taken and failed.": sum(phase.failed for phase in phases),
        "Requests were taken although Slack says that they failed.": sum(
            phase.wrongly_refused for phase in phases
        ),
    }
    return [sentence for sentence, count in counted.items() if count]
