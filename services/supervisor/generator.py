"""The code generator: a conversation with a model whose every answer is a whole program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field, ValidationError

from services.inputs import described
from services.llm.interface import LanguageModel, Reply, Text, Tool, ToolResult, Turn
from services.model import InputFile, Program
from services.supervisor.meter import Meter


class Submission(BaseModel):
    """A complete program, ready to be validated."""

    title: str = Field(min_length=1, max_length=120, description="What it is, in at most six words.")
    purpose: str = Field(min_length=1, max_length=600, description="What it does, in one sentence.")
    code: str = Field(min_length=1, max_length=200_000, description="The whole program as one Python file.")


SUBMIT = Tool("submit_program", "Hand over the complete program.", Submission.model_json_schema())


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: the request, the program it changes, what was said before in the thread, and its files."""

    request: str
    current: str | None = None
    conversation: Sequence[str] = ()
    files: Sequence[InputFile] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What the generator handed over: a program, or the reason why it can't be used."""

    program: Program | None
    problem: str = ""


@dataclass(slots=True)
class Drafting:
    """One order's conversation with the model; `model` is the one that answered last."""

    _model: LanguageModel
    _system: str
    _turns: list[Turn]
    _meter: Meter
    model: str = ""
    _pending: tuple[str, ...] = ()

    async def draft(self, evidence: str | None = None) -> Draft:
        """The next whole program; `evidence` says what was wrong with the one before."""
        if evidence is not None:
            self._turns.append(self._answer(evidence))
        reply = await self._meter.ask(
            self._model, system=self._system, turns=self._turns, tools=[SUBMIT], force=SUBMIT.name
        )
        self.model = reply.model
        self._pending = tuple(call.id for call in reply.calls)
        # An empty assistant turn would be refused by the API on the next call.
        self._turns.append(reply.turn if reply.parts else Turn("assistant", (Text("(no program)"),)))
        return _read(reply)

    def _answer(self, evidence: str) -> Turn:
        if not self._pending:
            return Turn("user", (Text(evidence),))
        return Turn("user", tuple(ToolResult(call, evidence, is_error=True) for call in self._pending))


class Generator:
    """Writes programs with one model and one system prompt."""

    def __init__(self, model: LanguageModel, system: str) -> None:
        self._model = model
        self._system = system

    def start(self, order: Order, meter: Meter) -> Drafting:
        return Drafting(self._model, self._system, [Turn("user", (Text(_wording(order)),))], meter)


def _wording(order: Order) -> str:
    parts = [f"<request>{order.request}</request>"]
    if order.current:
        parts.append(f"<current_program>\n{order.current}\n</current_program>")
    if order.files:
        parts.append(f"<working_directory>\n{described(order.files)}\n</working_directory>")
    if order.conversation:
        parts.append("<conversation>\n" + "\n".join(order.conversation) + "\n</conversation>")
    return "\n".join(parts)


def _read(reply: Reply) -> Draft:
    if reply.stop == "max_tokens":
        return Draft(None, "The program did not fit into one answer; make it shorter.")
    if reply.stop == "refusal":
        return Draft(None, "The model declined to write this program.")
    call = next((call for call in reply.calls if call.name == SUBMIT.name), None)
    if call is None:
        return Draft(None, "No program was submitted; call submit_program.")
    try:
        submission = Submission.model_validate(dict(call.arguments))
    except ValidationError as error:
        fields = ", ".join(str(problem["loc"][0]) for problem in error.errors() if problem["loc"])
        return Draft(None, f"submit_program was called with wrong arguments: {fields}.")
    return Draft(Program(submission.title, submission.purpose, submission.code.rstrip() + "\n"))
