"""One case of the evaluation: what is said, in which thread, and what must come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.evaluation.checks import About, Check, offers_nothing, passed, within
from services.domain.values import InputFile, Outcome, Program, Verdict
from services.supervisor.interface import Briefing
from services.supervisor.memory import Exchange, Try, recollect

LIMIT = 300.0
_VALIDATION = 60.0
_PERSON = "Erin Engineer"


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier request of the thread and its answer; `title` is that of the program it was answered with."""

    prompt: str
    said: str
    title: str = ""
    output: str = ""

    def exchange(self, code: str) -> Exchange:
        """As the product remembers it; `output` is that of a run, and `code` that of its program."""
        if not self.title:
            return Exchange(_PERSON, self.prompt, self.said)
        ran = Try(Outcome(verdict=Verdict.PASSED, stdout=self.output), _PERSON) if self.output else None
        said, program = f"[proposal: {self.title}] {self.said}", Program(self.title, self.said, code)
        return Exchange(_PERSON, self.prompt, said, program, "model", run=ran)


@dataclass(frozen=True, slots=True)
class Case:
    """A prompt and its checks; `current` is the thread's program, and `limit` the seconds for all of it."""

    name: str
    group: str
    prompt: str
    checks: tuple[Check, ...]
    thread: tuple[Earlier, ...] = ()
    current: str | None = None
    files: tuple[InputFile, ...] = ()
    limit: float = LIMIT

    @property
    def wants_program(self) -> bool:
        return any(check.about in {About.OUTPUT, About.CODE, About.RUN} for check in self.checks)

    def briefing(self) -> Briefing:
        """The same that the product makes of a request in a thread."""
        exchanges = [earlier.exchange(self.current or "") for earlier in self.thread]
        title = next((earlier.title for earlier in reversed(self.thread) if earlier.title), "Program")
        return Briefing(
            self.prompt,
            asked_by=_PERSON,
            memory=recollect(exchanges),
            current=Program(title, title, self.current) if self.current else None,
            conversation=[f"{_PERSON}: {earlier.prompt}" for earlier in self.thread],
            files=self.files,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Makes the cases of one group."""

    name: str

    def program(
        self,
        name: str,
        prompt: str,
        *checks: Check,
        thread: Sequence[Earlier] = (),
        current: str | None = None,
        files: Sequence[InputFile] = (),
        seconds: float = _VALIDATION,
    ) -> Case:
        """A case that wants a program, which must pass its validation within `seconds`."""
        everything = (passed(), within(seconds), *checks)
        return Case(name, self.name, prompt, everything, tuple(thread), current, tuple(files))

    def answer(
        self,
        name: str,
        prompt: str,
        *checks: Check,
        thread: Sequence[Earlier] = (),
        current: str | None = None,
    ) -> Case:
        """A case that wants words or a small computation; after these checks alone it is judged."""
        return Case(name, self.name, prompt, checks, tuple(thread), current)

    def refused(self, name: str, prompt: str) -> Case:
        """A case after which there must be nothing to approve."""
        return Case(name, self.name, prompt, (offers_nothing(),))
