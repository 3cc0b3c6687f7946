"""The supervisor: one loop that lets a model talk to a person and order programs from the workshop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field, ValidationError

from services.errors import BudgetSpent, ModelUnavailable
from services.inputs import described
from services.llm.interface import LanguageModel, Reply, Text, Tool, ToolCall, ToolResult, Turn
from services.model import InputFile
from services.supervisor import evidence
from services.supervisor.generator import Order
from services.supervisor.meter import Meter
from services.supervisor.workshop import Made, OnStage, Phase, Stage, Workshop

MAX_TURNS = 6
_TAIL = 1500


class WriteProgram(BaseModel):
    """Have a Ray program written and validated; it is shown to the person with its evidence."""

    request: str = Field(min_length=1, max_length=20_000, description="What is wanted, in full.")


WRITE = Tool("write_program", WriteProgram.__doc__ or "", WriteProgram.model_json_schema())


@dataclass(frozen=True, slots=True)
class Briefing:
    """What the supervisor is asked: the thread so far as turns, the new prompt, its last program and its files."""

    prompt: str
    history: Sequence[Turn] = ()
    current: str | None = None
    conversation: Sequence[str] = ()
    files: Sequence[InputFile] = ()


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the supervisor ended with: what it says, and what was made if anything was."""

    text: str
    made: Made | None = None


class Supervisor:
    """Answers one request at a time; holds no state between them."""

    def __init__(self, model: LanguageModel, workshop: Workshop, system: str) -> None:
        self._model = model
        self._workshop = workshop
        self._system = system

    async def handle(self, briefing: Briefing, on_stage: OnStage, meter: Meter | None = None) -> Conclusion:
        """Talk until the model is done. Raises ModelUnavailable, BudgetSpent and SealUnavailable."""
        meter = meter or Meter()
        turns = [*briefing.history, Turn("user", (Text(_prompt(briefing)),))]
        made: Made | None = None
        for _ in range(MAX_TURNS):
            await on_stage(Stage(Phase.THINKING))
            reply = await self._reply(turns, made, meter)
            if not reply.calls:
                return Conclusion(_words(reply), made)
            results: list[ToolResult] = []
            for call in reply.calls:
                made, result = await self._use(call, briefing, made, on_stage, meter)
                results.append(result)
            turns += [reply.turn, Turn("user", tuple(results))]
        return Conclusion("I could not finish this; please say it in other words.", made)

    async def _reply(self, turns: Sequence[Turn], made: Made | None, meter: Meter) -> Reply:
        try:
            return await meter.ask(self._model, system=self._system, turns=turns, tools=[WRITE])
        except (ModelUnavailable, BudgetSpent):
            if made is None:
                raise
            # What was made is there with its evidence; only the closing words are missing.
            return Reply((Text(_closing(made)),), "end_turn", "")

    async def _use(
        self, call: ToolCall, briefing: Briefing, made: Made | None, on_stage: OnStage, meter: Meter
    ) -> tuple[Made | None, ToolResult]:
        if call.name != WRITE.name:
            return made, ToolResult(call.id, f"There is no tool called {call.name}.", is_error=True)
        if made is not None:
            return made, ToolResult(call.id, "A program was made for this request already.", is_error=True)
        try:
            wish = WriteProgram.model_validate(dict(call.arguments))
        except ValidationError:
            return made, ToolResult(call.id, "`request` must be a non-empty text.", is_error=True)
        order = Order(wish.request, briefing.current, briefing.conversation, briefing.files)
        made = await self._workshop.make(order, on_stage, meter)
        return made, ToolResult(call.id, _report(made), is_error=not made.outcome.passed)


def _prompt(briefing: Briefing) -> str:
    if not briefing.files:
        return briefing.prompt
    return f"{briefing.prompt}\n\n<thread_files>\n{described(briefing.files)}\n</thread_files>"


def _words(reply: Reply) -> str:
    if reply.text:
        return f"{reply.text} … (cut at the model's limit)" if reply.stop == "max_tokens" else reply.text
    if reply.stop == "refusal":
        return "I can't help with that one. Try another request."
    return "I have no answer to that; please say it in other words."


def _closing(made: Made) -> str:
    if made.outcome.passed:
        return "Here is the program."
    return f"There is no working program yet: {evidence.plain(made.outcome)}. {made.cut}".rstrip()


def _report(made: Made) -> str:
    if made.program is None or not made.outcome.passed:
        cause = evidence.plain(made.outcome)
        return f"no working program after {made.attempts} attempts: {cause} {made.cut}".rstrip()
    output = made.outcome.stdout[-_TAIL:].strip()
    return f"proposal passed: {made.program.title}; output: <output>{output}</output>"
