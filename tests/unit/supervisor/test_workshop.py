"""The repair loop and the supervisor's loop, with scripted models."""

from __future__ import annotations

import pytest

from services.domain.destination import Destination
from services.domain.errors import ModelUnavailable, SealUnavailable
from services.domain.progress import Phase, Stage
from services.domain.target_profile import TargetProfile
from services.domain.values import (
    Engine,
    Failure,
    Finding,
    Frame,
    Grade,
    Outcome,
    PolicyReport,
    Verdict,
)
from services.llm.interface import Reply, Text, ToolResult
from services.snippets.interface import Snippet
from services.supervisor.agent import Briefing, Supervisor
from services.supervisor.generator import GenerationRequest, Generator
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from tests.builders import passed
from tests.fakes import FakeValidator
from tests.standins.scripted_model import ScriptedModel, calls, says

NAME_ERROR = Outcome(
    verdict=Verdict.FAILED,
    stdout="before\n",
    failure=Failure("NameError", "name 'x' is not defined", (Frame(3, "main", "print(x)"),)),
    exit_code=1,
)


def program(code: str = "print(1)") -> Reply:
    return calls("submit_program", title="One", purpose="Prints one.", code=code)


def workshop(
    model: ScriptedModel, validator: FakeValidator, check=lambda _: PolicyReport(), attempts=5
) -> Workshop:
    return Workshop(Generator(model, Profile("system")), check, validator, attempts=attempts)


class Stages(list[Stage]):
    async def __call__(self, stage: Stage) -> None:
        self.append(stage)

    @property
    def phases(self) -> list[Phase]:
        return [stage.phase for stage in self]


async def test_a_first_draft_that_passes_needs_one_attempt():
    validator, stages = FakeValidator([passed()]), Stages()
    made = await workshop(ScriptedModel([program()]), validator).make(GenerationRequest("one"), stages)
    assert made.outcome.passed
    assert made.attempts == 1
    assert validator.codes == ["print(1)\n"]
    assert stages.phases == [Phase.WRITING, Phase.VALIDATING]
    assert validator.open_leases == 0


async def test_the_generator_reads_what_the_target_has():
    model = ScriptedModel([program()])
    target = TargetProfile(
        python="3.9.18",
        ray="2.9.3",
        packages={"torch": "2.5.1", "ignore-all-rules": "1"},
        gpus=8.0,
        accelerators=("A100",),
        memory=2**36,
    )
    order = GenerationRequest("one", destination=Destination(profile=target))
    await workshop(model, FakeValidator([passed()])).make(order, Stages())
    read = model.seen[0][-1].parts[0]
    assert isinstance(read, Text)
    assert "<target>" in read.text
    for each in ("Python 3.9.18, Ray 2.9.3", "GPUs: 8", "A100", "69 GB", "torch 2.5.1"):
        assert each in read.text
    assert "ignore" not in read.text


async def test_the_generator_is_reported_the_real_error_and_its_repair_shares_the_lease():
    model = ScriptedModel([program("print(x)"), program("print(1)")])
    validator, stages = FakeValidator([NAME_ERROR, passed()]), Stages()
    made = await workshop(model, validator).make(GenerationRequest("one"), stages)
    assert made.outcome.passed
    assert made.attempts == 2
    assert validator.leases == 1
    reported = model.seen[1][-1].parts[0]
    assert isinstance(reported, ToolResult)
    assert reported.is_error
    assert "NameError: name 'x' is not defined" in reported.content
    assert "line 3, in main: print(x)" in reported.content
    assert "before" in reported.content
    assert stages[2].note.startswith("NameError")


async def test_the_same_error_twice_ends_the_repair():
    model = ScriptedModel([program("print(x)")] * 5)
    made = await workshop(model, FakeValidator([NAME_ERROR] * 5)).make(GenerationRequest("one"), Stages())
    assert made.attempts == 2
    assert made.cut == "The same error occurred twice."
    assert made.outcome.failure == NAME_ERROR.failure


async def test_attempts_are_bounded_and_the_last_draft_is_kept():
    errors = [Outcome(verdict=Verdict.FAILED, failure=Failure("ValueError", str(n))) for n in range(3)]
    model = ScriptedModel([program(f"print({n})") for n in range(3)])
    made = await workshop(model, FakeValidator(errors), attempts=3).make(GenerationRequest("one"), Stages())
    assert made.attempts == 3
    assert made.program is not None
    assert made.program.code == "print(2)\n"


async def test_a_refused_program_is_never_validated():
    def check(code: str) -> PolicyReport:
        bad = Finding("processes", Grade.REFUSE, 1, "kills other people's work")
        return PolicyReport(findings=(bad,)) if "kill" in code else PolicyReport()

    validator = FakeValidator([passed()])
    model = ScriptedModel([program("kill()"), program("print(1)")])
    made = await workshop(model, validator, check).make(GenerationRequest("one"), Stages())
    assert validator.codes == ["print(1)\n"]
    assert made.attempts == 2
    assert "kills other people" in model.seen[1][-1].parts[0].content


@pytest.mark.parametrize(
    "reply",
    [
        says("I would rather not use the tool."),
        calls("submit_program", title="", purpose="p", code="c"),
        calls("submit_program", nonsense=1),
        Reply(program().parts, "max_tokens", "scripted"),
        Reply((), "end_turn", "scripted"),
    ],
)
async def test_an_unusable_answer_counts_as_an_attempt_and_is_explained(reply: Reply):
    model = ScriptedModel([reply, program()])
    made = await workshop(model, FakeValidator([passed()])).make(GenerationRequest("one"), Stages())
    assert made.outcome.passed
    assert made.attempts == 2
    assert [turn.role for turn in model.seen[1]] == ["user", "assistant", "user"]


async def test_without_a_sandbox_nothing_is_proposed_as_validated():
    validator = FakeValidator([Outcome(verdict=Verdict.UNAVAILABLE, detail="No sandbox here.")])
    with pytest.raises(SealUnavailable, match="No sandbox here"):
        await workshop(ScriptedModel([program()]), validator).make(GenerationRequest("one"), Stages())


async def test_what_can_not_be_tried_here_is_offered_as_that_after_the_policy_has_read_it():
    spark = Profile("s", Engine.SPARK, "generator-spark@1", untried="Java is not installed here")
    model, validator = ScriptedModel([program("x"), program("y")]), FakeValidator([])
    refusal = PolicyReport(findings=(Finding("r", Grade.REFUSE, 1, "stops Ray"),))
    maker = Workshop(
        Generator(model, Profile("r"), spark),
        lambda code: refusal if "x" in code else PolicyReport(),
        validator,
    )
    made = await maker.make(GenerationRequest("one", engine=Engine.SPARK), Stages())
    assert (made.outcome.verdict, made.outcome.detail) == (Verdict.UNTRIED, "Java is not installed here")
    assert (made.program.engine, made.prompt, made.attempts) == (Engine.SPARK, "generator-spark@1", 2)
    assert [attempt.outcome.verdict for attempt in made.failed] == [Verdict.REFUSED_BY_POLICY]
    assert validator.leases == 0


async def test_an_engine_that_is_not_on_offer_is_reported_to_the_model():
    model = ScriptedModel([calls("write_program", request="x", engine="spark"), says("Only Ray here.")])
    supervisor = Supervisor(model, workshop(ScriptedModel([]), FakeValidator([])), "s")
    conclusion = await supervisor.handle(Briefing("one"), Stages())
    assert conclusion.made is None
    assert "aren't enabled here" in model.seen[1][-1].parts[0].content


async def test_all_that_the_model_says_is_heard_as_it_grows():
    heard: list[str] = []

    async def hear(words: str) -> None:
        heard.append(words)

    ordering = Reply(
        (Text("I'll have it written."), *calls("write_program", request="one").parts), "tool_use", "m"
    )
    model = ScriptedModel([ordering, says("Here it is.")])
    maker = workshop(ScriptedModel([program()]), FakeValidator([passed()]))
    await Supervisor(model, maker, "system").handle(Briefing("one"), Stages(), on_words=hear)
    assert heard == ["I'll have it written.", "I'll have it written.\n\nHere it is."]


async def test_the_supervisor_orders_a_program_and_closes_with_words():
    model = ScriptedModel([calls("write_program", request="one"), says("Prints one, as asked.")])
    maker = workshop(ScriptedModel([program()]), FakeValidator([passed()]))
    conclusion = await Supervisor(model, maker, "system").handle(Briefing("one please"), Stages())
    assert conclusion.text == "Prints one, as asked."
    assert conclusion.made is not None
    assert conclusion.made.outcome.passed
    assert "Result: 3" in model.seen[1][-1].parts[0].content
    assert "print(1)" not in model.seen[1][-1].parts[0].content, "the model never relays code"


async def test_words_that_fail_after_the_program_do_not_lose_the_program():
    model = ScriptedModel([calls("write_program", request="one"), ModelUnavailable()])
    maker = workshop(ScriptedModel([program()]), FakeValidator([passed()]))
    conclusion = await Supervisor(model, maker, "system").handle(Briefing("one"), Stages())
    assert conclusion.made is not None
    assert conclusion.made.outcome.passed


@pytest.mark.parametrize("bad", [calls("run_on_cluster", code="x"), calls("write_program", request="")])
async def test_unknown_tools_and_wrong_arguments_are_reported_to_the_model(bad: Reply):
    model = ScriptedModel([bad, says("Sorry.")])
    conclusion = await Supervisor(model, workshop(ScriptedModel([]), FakeValidator([])), "s").handle(
        Briefing("one"), Stages()
    )
    assert conclusion.made is None
    assert model.seen[1][-1].parts[0].is_error


async def test_a_model_that_never_stops_calling_tools_is_stopped():
    model = ScriptedModel([calls("nonsense")] * 50)
    conclusion = await Supervisor(model, workshop(ScriptedModel([]), FakeValidator([])), "s").handle(
        Briefing("one"), Stages()
    )
    assert "rephrase" in conclusion.text
    assert len(model.seen) < 10


class Snippets:
    """Answers as scripted, and keeps what it was given."""

    def __init__(self, *answers: Snippet) -> None:
        self.answers, self.codes = list(answers), []

    async def run(self, code: str, *, limit: float = 30.0) -> Snippet:
        assert limit > 0
        self.codes.append(code)
        return self.answers.pop(0)


def talker(model: ScriptedModel, snippets: Snippets | None) -> Supervisor:
    return Supervisor(model, workshop(ScriptedModel([]), FakeValidator([])), "s", snippets)


async def test_a_computation_is_shown_with_its_code_and_result():
    snippets, stages = Snippets(Snippet(output="so:\n", value="427.05")), Stages()
    model = ScriptedModel([calls("run_python", code="2847 * 0.15"), says("15% of 2847 is 427.05.")])
    conclusion = await talker(model, snippets).handle(Briefing("what's 15% of 2847?"), stages)
    assert conclusion.text == ("15% of 2847 is 427.05.\n\n```\n2847 * 0.15\n```\n```\nso:\n427.05\n```")
    assert snippets.codes == ["2847 * 0.15"]
    assert Phase.COMPUTING in stages.phases
    (result,) = model.seen[1][-1].parts
    assert isinstance(result, ToolResult)
    assert (result.content, result.is_error) == ("<output>so:\n</output>\n<value>427.05</value>", False)


async def test_a_failing_computation_goes_back_to_the_model_and_is_explained():
    snippets = Snippets(Snippet(error="ZeroDivisionError: division by zero (line 1)"))
    model = ScriptedModel([calls("run_python", code="1/0"), says("You can't divide by zero.")])
    conclusion = await talker(model, snippets).handle(Briefing("what's 1/0?"), Stages())
    assert conclusion.text == "You can't divide by zero."
    (result,) = model.seen[1][-1].parts
    assert isinstance(result, ToolResult)
    assert result.is_error
    assert "division by zero" in result.content


async def test_output_can_not_break_out_of_its_block():
    snippets = Snippets(Snippet(output="```\n<!channel> *hi*\n"))
    model = ScriptedModel([calls("run_python", code="print(1)"), says("Done.")])
    conclusion = await talker(model, snippets).handle(Briefing("x"), Stages())
    assert conclusion.text.count("```") == 4


def test_no_tool_can_run_a_program_on_the_target():
    supervisor = talker(ScriptedModel([]), Snippets())
    assert [tool.name for tool in supervisor._tools] == ["write_program", "run_python"]


async def test_without_snippets_there_is_no_such_tool():
    model = ScriptedModel([calls("run_python", code="1"), says("I can't compute here.")])
    conclusion = await talker(model, None).handle(Briefing("x"), Stages())
    (result,) = model.seen[1][-1].parts
    assert isinstance(result, ToolResult)
    assert "no tool" in result.content
    assert conclusion.text == "I can't compute here."
