"""What the rest of raygen knows of the supervisor: a briefing in, what it ended with out, and news in between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from services.domain.checkpoints import FROM_THE_START, Resumed
from services.domain.destination import NOWHERE, Destination
from services.domain.parameters import NOTHING_GIVEN, Given, Parameter
from services.domain.progress import OnStage
from services.domain.values import InputFile, Origin, Program
from services.supervisor.memory import Memory
from services.supervisor.meter import Meter
from services.supervisor.workshop import BuildResult, OnAttempt

OnWords = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Briefing:
    """What the supervisor is asked: the thread so far, the new prompt and who asks, the last program and the files.

    `conversation` is what was said before, by people, a line each; `last_run` is the evidence of a failed run of the
    current program. `model` is the requester's choice, empty for the default. `given` is what people chose for the current
    program, which declares the parameters `declared`; a change of it keeps what still fits. `destination` is where
    they would run.

    """

    prompt: str
    asked_by: str = ""
    memory: Memory = field(default_factory=Memory)
    current: Program | None = None
    conversation: Sequence[str] = ()
    files: Sequence[InputFile] = ()
    last_run: str = ""
    origin: Origin = field(default_factory=Origin)
    model: str = ""
    given: Given = NOTHING_GIVEN
    declared: tuple[Parameter, ...] = ()
    destination: Destination = NOWHERE


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the supervisor ended with: what it says, and what was made if anything was."""

    text: str
    made: BuildResult | None = None


class Supervising(Protocol):
    """Answers requests; holds no state between them."""

    async def handle(
        self,
        briefing: Briefing,
        on_stage: OnStage,
        meter: Meter | None = None,
        on_words: OnWords | None = None,
        on_attempt: OnAttempt | None = None,
    ) -> Conclusion:
        """Work until there is an answer or a program; what it takes goes on `meter`, also when this raises.

        `on_words` gets all text so far, as it grows; a broken answer is taken back by a shorter text.
        `on_attempt` gets each draft, and again its outcome. To be cancelled ends the work, wherever it is
        done. Raises RaygenError.
        """
        ...


class Inspecting(Protocol):
    """Examines programs that people wrote."""

    async def inspect(
        self,
        program: Program,
        on_stage: OnStage,
        files: Sequence[InputFile] = (),
        origin: Origin | None = None,
        given: Given = NOTHING_GIVEN,
        *,
        resumed: Resumed = FROM_THE_START,
        destination: Destination = NOWHERE,
    ) -> BuildResult:
        """Check and validate with what was given for it, and as its `destination` has it, without a repair.

        Raises RaygenError where nothing can be validated.
        """
        ...
