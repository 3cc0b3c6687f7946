"""The supervisor: one loop that lets a model talk to a person and order programs from the workshop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from pydantic import BaseModel, Field, ValidationError

from services.domain.errors import BadRequest, BudgetSpent, ModelUnavailable
from services.domain.input_files import described
from services.domain.progress import OnStage, Phase, Stage
from services.domain.values import Engine, Verdict
from services.llm.interface import LanguageModel, Reply, Text, Tool, ToolCall, ToolResult, Turn
from services.security.redaction import masked, without_secrets
from services.snippets.interface import SnippetRunner
from services.supervisor import evidence
from services.supervisor.catalog import DESCRIBE, Catalog, DescribeData
from services.supervisor.generator import GenerationRequest
from services.supervisor.interface import Briefing, Conclusion, OnWords
from services.supervisor.meter import Meter
from services.supervisor.workshop import BuildResult, OnAttempt, Workshop
from services.validation.supplies import NO_SUPPLIES, Supplies

MAX_TURNS = 6
_TAIL = 1500
_SECRETS = 50
_OBJECTION = "`request` must be non-empty text, and `engine` one of the available engines."


class WriteProgram(BaseModel):
    """Have a program written and validated; it is shown to the person with its evidence."""

    request: str = Field(min_length=1, max_length=20_000, description="The full request.")
    engine: Engine | None = Field(
        None,
        description="`spark` only where Spark is asked for. Default: the engine of the thread's program, else Ray.",
    )
    data: list[str] = Field([], max_length=10, description="Names of the data connections that it uses.")


class RunPython(BaseModel):
    """Run a small computation in Python and get its output and the value of its last expression; no Ray, no files."""

    code: str = Field(
        min_length=1, max_length=10_000, description="Plain Python; the last line is what to know."
    )


COMPUTE = Tool("run_python", RunPython.__doc__ or "", RunPython.model_json_schema())
WRITE = "write_program"


@dataclass(slots=True)
class _Work:
    """What has come of one request so far."""

    briefing: Briefing
    on_stage: OnStage
    meter: Meter
    on_words: OnWords | None = None
    on_attempt: OnAttempt | None = None
    made: BuildResult | None = None
    said: list[str] = field(default_factory=list[str])
    computed: list[str] = field(default_factory=list[str])
    catalog: Catalog | None = None

    async def hear(self, text: str) -> None:
        """Pass on what the model has said in all so far; a broken answer is taken back by a shorter text."""
        if self.on_words is not None:
            await self.on_words("\n\n".join(filter(None, [*self.said, text])))


class Supervisor:
    """Implements Supervising in this process; holds no state between requests."""

    def __init__(
        self,
        model: LanguageModel,
        workshop: Workshop,
        system: str,
        snippets: SnippetRunner | None = None,
        *,
        supplies: Supplies = NO_SUPPLIES,
    ) -> None:
        self._model = model
        self._workshop = workshop
        self._system = system
        self._snippets = snippets
        self._data, self._secrets = supplies.data, supplies.secrets
        self._tools = [
            _writing(workshop.engines, uses_data=supplies.data is not None),
            *([COMPUTE] if snippets else []),
            *([DESCRIBE] if supplies.data else []),
        ]

    async def handle(
        self,
        briefing: Briefing,
        on_stage: OnStage,
        meter: Meter | None = None,
        on_words: OnWords | None = None,
        on_attempt: OnAttempt | None = None,
    ) -> Conclusion:
        """Talk until the model is done. Raises ModelUnavailable, BudgetSpent and SealUnavailable."""
        work = _Work(briefing, on_stage, meter or Meter(), on_words, on_attempt)
        if self._data is not None:
            work.catalog = await Catalog.of(self._data, briefing.destination)
        turns = [*briefing.memory.turns, Turn("user", (Text(self._prompt(briefing, work.catalog)),))]
        for _ in range(MAX_TURNS):
            await on_stage(Stage(Phase.THINKING))
            reply = await self._reply(turns, work)
            if not reply.calls:
                return Conclusion("\n\n".join([_words(reply), *work.computed]), work.made)
            work.said.append(reply.text)
            results = [await self._use(call, work) for call in reply.calls]
            turns += [reply.turn, Turn("user", tuple(results))]
        return Conclusion("I couldn't finish this. Please rephrase your request.", work.made)

    def _prompt(self, briefing: Briefing, catalog: Catalog | None) -> str:
        """The newest request, outside of all tags; what belongs to it, as data in tags around it."""
        parts = [briefing.memory.before, briefing.prompt]
        if briefing.asked_by:
            parts.append(f"<asked_by>{escape(briefing.asked_by)}</asked_by>")
        if briefing.files:
            parts.append(f"<thread_files>\n{described(briefing.files)}\n</thread_files>")
        if catalog and catalog.usable:
            parts.append(f"<data_connections>\n{catalog.listed}\n</data_connections>")
        place = briefing.destination
        if found := self._secrets.available(user=place.user, channel=place.channel):
            lines = "\n".join(f"{each.name}: {escape(each.description)}" for each in found[:_SECRETS])
            parts.append(f"<secrets>\n{lines}\n</secrets>")
        return "\n\n".join(filter(None, parts))

    async def _reply(self, turns: Sequence[Turn], work: _Work) -> Reply:
        try:
            return await work.meter.ask(
                self._model, system=self._system, turns=turns, tools=self._tools, on_text=work.hear
            )
        except (ModelUnavailable, BudgetSpent):
            if work.made is None and not work.computed:
                raise
            # What was made is there with its evidence; only the closing words are missing.
            return Reply((Text(_closing(work.made)),), "end_turn", "")

    async def _use(self, call: ToolCall, work: _Work) -> ToolResult:
        if call.name == WRITE:
            return await self._write(call, work)
        if call.name == COMPUTE.name and self._snippets:
            return await self._compute(call, work, self._snippets)
        if call.name == DESCRIBE.name and work.catalog:
            return await _describe(call, work.catalog)
        return ToolResult(call.id, f"There is no tool called {call.name}.", is_error=True)

    async def _write(self, call: ToolCall, work: _Work) -> ToolResult:
        if work.made is not None:
            return ToolResult(call.id, "This request already has a program.", is_error=True)
        try:
            wish = WriteProgram.model_validate(dict(call.arguments))
        except ValidationError:
            return ToolResult(call.id, _OBJECTION, is_error=True)
        briefing = work.briefing
        current = briefing.current
        order = GenerationRequest(
            wish.request,
            current,
            briefing.conversation,
            briefing.files,
            briefing.last_run,
            wish.engine or (current.engine if current else self._workshop.engines[0]),
            briefing.given,
            briefing.declared,
            briefing.destination,
            await work.catalog.described(wish.data) if work.catalog else "",
        )
        try:
            work.made = await self._workshop.make(order, work.on_stage, work.meter, work.on_attempt)
        except BadRequest as error:
            return ToolResult(call.id, error.public, is_error=True)
        return ToolResult(call.id, _report(work.made), is_error=not work.made.outcome.proposable)

    async def _compute(self, call: ToolCall, work: _Work, snippets: SnippetRunner) -> ToolResult:
        try:
            asked = RunPython.model_validate(dict(call.arguments))
        except ValidationError:
            return ToolResult(call.id, "`code` must be non-empty text.", is_error=True)
        await work.on_stage(Stage(Phase.COMPUTING))
        snippet = without_secrets(await snippets.run(asked.code))
        if snippet.success:  # a person sees what was computed, not what went wrong on the way
            work.computed.append(evidence.computed(masked(asked.code), snippet))
        return ToolResult(call.id, evidence.of_snippet(snippet), is_error=not snippet.success)


async def _describe(call: ToolCall, catalog: Catalog) -> ToolResult:
    try:
        asked = DescribeData.model_validate(dict(call.arguments))
    except ValidationError:
        return ToolResult(call.id, "`name` or `search` must be short text.", is_error=True)
    return ToolResult(call.id, await catalog.answer(asked))


def _writing(engines: Sequence[Engine], *, uses_data: bool) -> Tool:
    """The tool that orders programs; there is nothing to choose where there is one engine, or no data."""
    schema = WriteProgram.model_json_schema()
    if not uses_data:
        del schema["properties"]["data"]
    if len(engines) < 2:
        del schema["properties"]["engine"]
        schema.pop("$defs", None)
    return Tool(WRITE, WriteProgram.__doc__ or "", schema)


def _words(reply: Reply) -> str:
    if reply.text:
        return f"{reply.text} … (cut at the model's limit)" if reply.stop == "max_tokens" else reply.text
    if reply.stop == "refusal":
        return "I can't help with that one. Try another request."
    return "I don't have an answer to that. Please rephrase your request."


def _closing(made: BuildResult | None) -> str:
    if made is None:
        return "Here is the result."
    if made.outcome.proposable:
        return "Here is the program."
    return f"No working program yet: {evidence.plain(made.outcome)}. {made.cut}".rstrip()


def _report(made: BuildResult) -> str:
    if made.program is None or not made.outcome.proposable:
        cause = evidence.plain(made.outcome)
        return f"no working program after {made.attempts} attempts: {cause} {made.cut}".rstrip()
    if made.outcome.verdict is Verdict.PARTIAL:
        return f"proposal validated in part: {made.program.title}; not proven: {escape(' '.join(made.outcome.unproven))}"
    if not made.outcome.passed:
        return f"program written, but not validated ({made.outcome.detail}): {made.program.title}"
    output = escape(made.outcome.stdout[-_TAIL:].strip())
    return f"proposal passed: {made.program.title}; output: <output>{output}</output>"
