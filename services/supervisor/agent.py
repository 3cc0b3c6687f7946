"""The supervisor: one loop that lets a model talk to a person and order programs from the workshop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, Field, ValidationError

from services.errors import BudgetSpent, ModelUnavailable
from services.inputs import described
from services.llm.interface import LanguageModel, Reply, Text, Tool, ToolCall, ToolResult, Turn
from services.model import InputFile
from services.snippets.interface import SnippetRunner
from services.supervisor import evidence
from services.supervisor.generator import Order
from services.supervisor.meter import Meter
from services.supervisor.workshop import Made, OnStage, Phase, Stage, Workshop

MAX_TURNS = 6
_TAIL = 1500


class WriteProgram(BaseModel):
    """Have a Ray program written and validated; it is shown to the person with its evidence."""

    request: str = Field(min_length=1, max_length=20_000, description="What is wanted, in full.")


class RunPython(BaseModel):
    """Run a small computation in Python and get its output and the value of its last expression; no Ray, no files."""

    code: str = Field(
        min_length=1, max_length=10_000, description="Plain Python; the last line is what to know."
    )


COMPUTE = Tool("run_python", RunPython.__doc__ or "", RunPython.model_json_schema())
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


@dataclass(slots=True)
class _Work:
    """What has come of one request so far."""

    briefing: Briefing
    on_stage: OnStage
    meter: Meter
    made: Made | None = None
    computed: list[str] = field(default_factory=list[str])


class Supervisor:
    """Answers one request at a time; holds no state between them."""

    def __init__(
        self, model: LanguageModel, workshop: Workshop, system: str, snippets: SnippetRunner | None = None
    ) -> None:
        self._model = model
        self._workshop = workshop
        self._system = system
        self._snippets = snippets
        self._tools = [WRITE, COMPUTE] if snippets else [WRITE]

    async def handle(self, briefing: Briefing, on_stage: OnStage, meter: Meter | None = None) -> Conclusion:
        """Talk until the model is done. Raises ModelUnavailable, BudgetSpent and SealUnavailable."""
        work = _Work(briefing, on_stage, meter or Meter())
        turns = [*briefing.history, Turn("user", (Text(_prompt(briefing)),))]
        for _ in range(MAX_TURNS):
            await on_stage(Stage(Phase.THINKING))
            reply = await self._reply(turns, work)
            if not reply.calls:
                return Conclusion("\n\n".join([_words(reply), *work.computed]), work.made)
            results = [await self._use(call, work) for call in reply.calls]
            turns += [reply.turn, Turn("user", tuple(results))]
        return Conclusion("I could not finish this; please say it in other words.", work.made)

    async def _reply(self, turns: Sequence[Turn], work: _Work) -> Reply:
        try:
            return await work.meter.ask(self._model, system=self._system, turns=turns, tools=self._tools)
        except (ModelUnavailable, BudgetSpent):
            if work.made is None and not work.computed:
                raise
            # What was made is there with its evidence; only the closing words are missing.
            return Reply((Text(_closing(work.made)),), "end_turn", "")

    async def _use(self, call: ToolCall, work: _Work) -> ToolResult:
        if call.name == WRITE.name:
            return await self._write(call, work)
        if call.name == COMPUTE.name and self._snippets:
            return await self._compute(call, work, self._snippets)
        return ToolResult(call.id, f"There is no tool called {call.name}.", is_error=True)

    async def _write(self, call: ToolCall, work: _Work) -> ToolResult:
        if work.made is not None:
            return ToolResult(call.id, "A program was made for this request already.", is_error=True)
        try:
            wish = WriteProgram.model_validate(dict(call.arguments))
        except ValidationError:
            return ToolResult(call.id, "`request` must be a non-empty text.", is_error=True)
        briefing = work.briefing
        order = Order(wish.request, briefing.current, briefing.conversation, briefing.files)
        work.made = await self._workshop.make(order, work.on_stage, work.meter)
        return ToolResult(call.id, _report(work.made), is_error=not work.made.outcome.passed)

    async def _compute(self, call: ToolCall, work: _Work, snippets: SnippetRunner) -> ToolResult:
        try:
            asked = RunPython.model_validate(dict(call.arguments))
        except ValidationError:
            return ToolResult(call.id, "`code` must be a non-empty text.", is_error=True)
        await work.on_stage(Stage(Phase.COMPUTING))
        snippet = await snippets.run(asked.code)
        if snippet.success:  # a person sees what was computed, not what went wrong on the way
            work.computed.append(evidence.computed(asked.code, snippet))
        return ToolResult(call.id, evidence.of_snippet(snippet), is_error=not snippet.success)


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


def _closing(made: Made | None) -> str:
    if made is None:
        return "Here is what was computed."
    if made.outcome.passed:
        return "Here is the program."
    return f"There is no working program yet: {evidence.plain(made.outcome)}. {made.cut}".rstrip()


def _report(made: Made) -> str:
    if made.program is None or not made.outcome.passed:
        cause = evidence.plain(made.outcome)
        return f"no working program after {made.attempts} attempts: {cause} {made.cut}".rstrip()
    output = made.outcome.stdout[-_TAIL:].strip()
    return f"proposal passed: {made.program.title}; output: <output>{output}</output>"
