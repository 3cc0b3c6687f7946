"""Runs cases through the pipeline: the supervisor talks, the workshop writes and repairs, the seal tries."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from bot.evaluation.case import Case
from bot.evaluation.response import Response
from bot.evaluation.score import Score
from services.domain.errors import RaygenError
from services.domain.progress import Stage
from services.domain.values import Spent
from services.supervisor.interface import Supervising
from services.supervisor.meter import Meter
from services.text.formatting import clean, human_seconds

_SHOWN = 400
_log = logging.getLogger(__name__)

Say = Callable[[str], None]


class Runner:
    """Takes `jobs` cases at a time; one that fails, breaks or hangs costs the others nothing."""

    def __init__(
        self, supervisor: Supervising, meter: Callable[[], Meter], *, jobs: int = 1, say: Say = lambda _: None
    ) -> None:
        self._supervisor = supervisor
        self._meter = meter
        self._room = asyncio.Semaphore(jobs)
        self._say = say

    async def run(self, cases: Sequence[Case]) -> tuple[Score, ...]:
        """A score for each case, in their order."""
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(self._scored(case)) for case in cases]
        return tuple(each.result() for each in running)

    async def _scored(self, case: Case) -> Score:
        async with self._room:
            score = await self._tried(case)
        verdict = "passed" if score.passed else f"failed: {score.error or '; '.join(score.failed)}"
        self._say(f"{case.group}/{case.name} {verdict} ({score.spent.seconds:.1f} s)")
        return score

    async def _tried(self, case: Case) -> Score:
        meter = self._meter()
        try:
            async with asyncio.timeout(case.limit):
                conclusion = await self._supervisor.handle(case.briefing(), _nothing, meter)
            return _judged(case, Response(conclusion), meter.spent)
        except RaygenError as error:
            sentence = error.public
        except TimeoutError:
            sentence = f"It didn't finish within {human_seconds(case.limit)}."
        except Exception as error:  # noqa: BLE001  # the other cases go on
            _log.exception("A case broke")
            sentence = f"The evaluation failed: {type(error).__name__}."
        return Score(case.name, case.group, error=sentence, spent=meter.spent)


def _judged(case: Case, response: Response, spent: Spent) -> Score:
    failed = tuple(check.words for check in case.checks if not check.holds(response))
    shown = clean(response.output.strip() or response.said.strip())[-_SHOWN:]
    return Score(case.name, case.group, failed, spent=spent, shown=shown)


async def _nothing(_: Stage) -> None:
    """Nobody watches."""
