"""Whatever happens in one case, the others get their scores."""

from __future__ import annotations

import asyncio

from bot.evaluation.case import Case
from bot.evaluation.checks import answers, value
from bot.evaluation.runner import Runner
from services.domain.errors import ModelBusy
from services.llm.interface import Reply, Text, Usage
from services.policy import check
from services.supervisor.agent import Supervisor
from services.supervisor.generator import Generator
from services.supervisor.meter import Meter
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from tests.fakes import FakeValidator


class Speaker:
    """A model that does what its prompt says, and knows how many ask at once."""

    def __init__(self) -> None:
        self.at_once = self.most = 0

    async def reply(self, *, turns: list, **_: object) -> Reply:
        asked = turns[-1].parts[0].text.partition("\n")[0]
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(60 if asked == "hang" else 0.01)
        self.at_once -= 1
        match asked:
            case "busy":
                raise ModelBusy
            case "break":
                raise ZeroDivisionError
            case _:
                return Reply((Text(asked),), "end_turn", "speaker", Usage(input=3, output=2))


def runner(model: Speaker, **of: object) -> Runner:
    workshop = Workshop(Generator(model, Profile("g")), check, FakeValidator([]))
    return Runner(Supervisor(model, workshop, "s"), Meter, **of)


def case(prompt: str, limit: float = 5.0) -> Case:
    return Case(prompt, "words", prompt, (answers("hello"),), limit=limit)


async def test_errors_hangs_and_surprises_are_scores_like_others() -> None:
    reported: list[str] = []
    cases = [
        case("hello"),
        case("busy"),
        case("hang", limit=0.05),
        case("break"),
        case("bye"),
        case("hello!"),
    ]
    scores = await runner(Speaker(), say=reported.append).run(cases)
    assert [score.name for score in scores] == [case.name for case in cases]
    assert [score.passed for score in scores] == [True, False, False, False, False, True]
    assert [score.error for score in scores[1:4]] == [
        "The model is busy. Try again in a minute.",
        "It didn't finish within 50 ms.",
        "The evaluation failed: ZeroDivisionError.",
    ]
    assert scores[4].failed == ("answers /hello/",)
    assert scores[4].shown == "bye"
    assert scores[0].spent.tokens == 5
    assert reported[0].startswith("words/hello passed (")
    assert reported[4].startswith("words/bye failed: answers /hello/ (")


async def test_no_more_run_at_once_than_asked_for() -> None:
    model = Speaker()
    await runner(model, jobs=3).run([case(f"hello {n}") for n in range(9)])
    assert model.most == 3
    model = Speaker()
    await runner(model).run([case(f"hello {n}") for n in range(4)])
    assert model.most == 1


async def test_words_are_not_taken_for_the_output_of_a_program() -> None:
    wanted = Case("sum", "words", "the sum is 42", (value(42),))
    (score,) = await runner(Speaker()).run([wanted])
    assert score.failed == ("prints 42",)
