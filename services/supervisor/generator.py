"""The code generator: a conversation with a model whose every answer is a whole program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from pydantic import BaseModel, Field, ValidationError

from services.domain.destination import NOWHERE, Destination
from services.domain.errors import BadRequest
from services.domain.input_files import described
from services.domain.parameters import NOTHING_GIVEN, Given, Parameter
from services.domain.values import Engine, InputFile, Program
from services.llm.interface import LanguageModel, Reply, Text, Tool, ToolResult, Turn
from services.supervisor.evidence import enclosed
from services.supervisor.meter import Meter
from services.supervisor.profile import Profile
from services.supervisor.target import described as described_target

_SAID = 30


class SubmitProgram(BaseModel):
    """A complete program, ready to be validated."""

    title: str = Field(min_length=1, max_length=120, description="What it is, in at most six words.")
    purpose: str = Field(min_length=1, max_length=600, description="What it does, in one sentence.")
    code: str = Field(min_length=1, max_length=200_000, description="The whole program as one Python file.")


_OWN_VALIDATION = "<validation>On a cluster that is like the target, with its kind of GPUs.</validation>"
SUBMIT = Tool("submit_program", "Submit the complete program.", SubmitProgram.model_json_schema())


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What is wanted: the request, the program it changes, what was said before in the thread, and its files.

    `last_run` is the evidence of a run of the current program that failed. `given` is what people chose for that program,
    and `declared` its parameters. `destination` is where it would run. `data` describes the
    data connections that it uses.
    """

    request: str
    current: Program | None = None
    conversation: Sequence[str] = ()
    files: Sequence[InputFile] = ()
    last_run: str = ""
    engine: Engine = Engine.RAY
    given: Given = NOTHING_GIVEN
    declared: tuple[Parameter, ...] = ()
    destination: Destination = NOWHERE
    data: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the generator handed over: a program, or the reason why it can't be used."""

    program: Program | None
    problem: str = ""


@dataclass(slots=True)
class Drafting:
    """One order's conversation with the model; `model` is the one that answered last."""

    profile: Profile
    _model: LanguageModel
    _turns: list[Turn]
    _meter: Meter
    model: str = ""
    _pending: tuple[str, ...] = ()

    async def draft(self, evidence: str | None = None) -> Draft:
        """The next whole program; `evidence` says what was wrong with the one before."""
        if evidence is not None:
            self._turns.append(self._answer(evidence))
        reply = await self._meter.ask(
            self._model, system=self.profile.system, turns=self._turns, tools=[SUBMIT], force=SUBMIT.name
        )
        self.model = reply.model
        self._pending = tuple(call.id for call in reply.calls)
        # An empty assistant turn would be refused by the API on the next call.
        self._turns.append(reply.turn if reply.parts else Turn("assistant", (Text("(no program)"),)))
        return _read(reply, self.profile.engine)

    def _answer(self, evidence: str) -> Turn:
        if not self._pending:
            return Turn("user", (Text(evidence),))
        return Turn("user", tuple(ToolResult(call, evidence, is_error=True) for call in self._pending))


class Generator:
    """Writes programs with one model, by the profile of the engine that they are for."""

    def __init__(self, model: LanguageModel, *profiles: Profile) -> None:
        self._model = model
        self._profiles = {profile.engine: profile for profile in profiles}

    @property
    def engines(self) -> tuple[Engine, ...]:
        """What it can write for; the first is the default."""
        return tuple(self._profiles)

    def profile(self, engine: Engine) -> Profile:
        """Raises BadRequest for an engine that is not on offer here."""
        if engine not in self._profiles:
            raise BadRequest(f"{engine.title()} programs aren't enabled here. RAYGEN_ENGINES enables them.")
        return self._profiles[engine]

    def start(self, order: GenerationRequest, meter: Meter) -> Drafting:
        turns = [Turn("user", (Text(_wording(order)),))]
        return Drafting(self.profile(order.engine), self._model, turns, meter)


def _wording(order: GenerationRequest) -> str:
    parts = [f"<request>{order.request}</request>"]
    if order.current:
        parts.append(enclosed("current_program", order.current.code))
    if order.destination.profile:
        parts.append(enclosed("target", described_target(order.destination.profile)))
    if order.destination.own_validation:
        parts.append(_OWN_VALIDATION)
    if order.data:
        parts.append(enclosed("data", order.data))
    if order.last_run:
        parts.append(order.last_run)
    if order.files:
        parts.append(f"<working_directory>\n{described(order.files)}\n</working_directory>")
    if order.conversation:
        said = "\n".join(escape(line) for line in order.conversation[-_SAID:])
        parts.append(f"<conversation>\n{said}\n</conversation>")
    return "\n".join(parts)


def _read(reply: Reply, engine: Engine) -> Draft:
    if reply.stop == "max_tokens":
        return Draft(None, "The program did not fit into one answer; make it shorter.")
    if reply.stop == "refusal":
        return Draft(None, "The model declined to write this program.")
    call = next((call for call in reply.calls if call.name == SUBMIT.name), None)
    if call is None:
        return Draft(None, "No program was submitted; call submit_program.")
    try:
        submission = SubmitProgram.model_validate(dict(call.arguments))
    except ValidationError as error:
        fields = ", ".join(str(problem["loc"][0]) for problem in error.errors() if problem["loc"])
        return Draft(None, f"submit_program was called with wrong arguments: {fields}.")
    return Draft(Program(submission.title, submission.purpose, submission.code.rstrip() + "\n", engine))
