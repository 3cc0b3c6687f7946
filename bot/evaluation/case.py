"""One case of the evaluation: what is said, in which thread, and what must come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.evaluation.checks import About, Check, offers_nothing, passed, within
from services.llm.interface import Text, Turn
from services.model import InputFile
from services.supervisor.agent import Briefing

LIMIT = 300.0
_VALIDATION = 60.0


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier request of the thread and its answer; `title` is that of the program it was answered with."""

    prompt: str
    said: str
    title: str = ""
    output: str = ""

    def turns(self) -> tuple[Turn, Turn]:
        """As the product tells a model of it; `output` is that of a run."""
        said = f"[proposal: {self.title}] {self.said}" if self.title else self.said
        if self.output:
            said += f"\n[run passed] <output>{self.output}</output>"
        return Turn("user", (Text(self.prompt),)), Turn("assistant", (Text(said),))


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
        return Briefing(
            self.prompt,
            history=[turn for earlier in self.thread for turn in earlier.turns()],
            current=self.current,
            conversation=[earlier.prompt for earlier in self.thread],
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
