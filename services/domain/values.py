"""The values that every part of raygen speaks: frozen, plain, and free of any outside library.

Times are seconds, sizes are bytes, hashes are lower-case hex sha256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.text.formatting import NOTHING_GONE, Gone


class Verdict(StrEnum):
    """What came of one execution of a program, in a validation or in a run."""

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    OUTPUT_LIMIT = "output_limit"
    KILLED = "killed"
    NOT_IMPORTABLE = "not_importable"
    NEEDS_HARDWARE = "needs_hardware"
    REFUSED_BY_POLICY = "refused_by_policy"
    UNAVAILABLE = "unavailable"
    UNTRIED = "untried"
    STOPPED = "stopped"


class Engine(StrEnum):
    """What a program is written for."""

    RAY = "ray"
    SPARK = "spark"


@dataclass(frozen=True, slots=True)
class Program:
    """A complete program: `title` in a few words, `purpose` in one sentence, and the code itself."""

    title: str
    purpose: str
    code: str
    engine: Engine = Engine.RAY

    @property
    def sha256(self) -> str:
        """The identity that an approval is bound to."""
        return sha256(self.code)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a task took: calls of models, their tokens, money where prices are known, seconds in all, and attempts.

    `cached` tokens were read from the prompt cache and `written` into it; neither are in `input`.
    """

    calls: int = 0
    input: int = 0
    output: int = 0
    cached: int = 0
    written: int = 0
    money: float | None = None
    seconds: float = 0.0
    models: tuple[str, ...] = ()
    attempts: int = 0

    @property
    def tokens(self) -> int:
        return self.input + self.output + self.cached + self.written

    def __add__(self, later: Spent) -> Spent:
        money = [each.money for each in (self, later) if each.money is not None]
        return Spent(
            self.calls + later.calls,
            self.input + later.input,
            self.output + later.output,
            self.cached + later.cached,
            self.written + later.written,
            sum(money) if money else None,
            self.seconds + later.seconds,
            tuple(dict.fromkeys((*self.models, *later.models))),
            self.attempts + later.attempts,
        )


@dataclass(frozen=True, slots=True)
class Origin:
    """Whom work is for: the IDs of a session and of a task in it; empty where there is none."""

    session: str = ""
    task: str = ""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that a program finds in its working directory: its name, with `/` where it is in a folder there, and bytes."""

    name: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Frame:
    """One line of the user's own program in a traceback; `line` counts from 1."""

    line: int
    function: str
    source: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a program failed: exception class, message, and only the user's frames, outermost first.

    `inside` names the remote task or actor method that raised, or is None for the driver. `traceback` is what Python
    printed of it, where that is known.
    """

    kind: str
    message: str
    frames: tuple[Frame, ...] = ()
    inside: str | None = None
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A figure or file that a program made: its bare name, media type and bytes.

    Where it is only listed, there are no bytes but their number, `length`.
    """

    name: str
    media_type: str
    content: bytes = field(repr=False)
    length: int | None = field(default=None, compare=False)

    @property
    def size(self) -> int:
        return len(self.content) if self.length is None else self.length


@dataclass(frozen=True, slots=True)
class Table:
    """The head of a table as text: each row has a cell for each of `columns`; the totals count what was cut off, too."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total_rows: int
    total_columns: int


@dataclass(frozen=True, slots=True)
class TaskCount:
    """How many tasks or actors of one name are in one state (`FINISHED`, `RUNNING`, `FAILED`, …)."""

    name: str
    state: str
    count: int


EVIDENCE = ("files", "hosts", "processes", "environment", "packages", "refused", "resources")
"""What can be observed of a program beside its output: the fields of `Touched`, and the resources it asks for."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What a program reached for, as observed while it ran; `refused` names what the seal denied.

    `more` counts the names of a kind beyond those that are listed.
    """

    files: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    more: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that is known of one execution of a program.

    `stdout` and `stderr` are the user's lines, whole up to the limit that `truncated` says was met. Where a run's `stdout`
    has lost its middle, words in it say so, and `gone` is what is missing.
    `value` is the repr of a last expression, and `table` what it or the last thing shown is as one. Unknown figures are
    None, never zero. `where` names the place of a validation that was not in a sealed cluster. `remarks` are whole
    sentences about what went on around it. `unknown` names the kinds of EVIDENCE that could not be observed, or not in
    full: what `touched` and `resources` have of them may be incomplete, and says nothing where it is empty.
    """

    verdict: Verdict
    stdout: str = ""
    stderr: str = ""
    value: str | None = None
    failure: Failure | None = None
    detail: str | None = None
    artifacts: tuple[Artifact, ...] = ()
    exit_code: int | None = None
    wall: float | None = None
    cpu: float | None = None
    peak_memory: int | None = None
    tasks: tuple[TaskCount, ...] = ()
    resources: Mapping[str, float] = field(default_factory=dict[str, float])
    touched: Touched = field(default_factory=Touched)
    truncated: bool = False
    gone: Gone = NOTHING_GONE
    where: str = ""
    table: Table | None = None
    remarks: tuple[str, ...] = ()
    unknown: tuple[str, ...] = EVIDENCE

    @property
    def observed(self) -> bool:
        """Whether all kinds of evidence were observed in full; an execution of which nothing is known was not."""
        return not self.unknown

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.PASSED

    @property
    def proposable(self) -> bool:
        """Whether a person may be shown the program as finished; one that could not be tried says so."""
        return self.verdict in {Verdict.PASSED, Verdict.UNTRIED}


class Grade(StrEnum):
    """How seriously the policy takes a finding: a refused program is never validated or offered."""

    REFUSE = "refuse"
    WARN = "warn"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the policy saw in the code; `line` counts from 1, 0 means the whole program.

    `file` is the module that it stands in, empty for the program itself.
    """

    rule: str
    grade: Grade
    line: int
    message: str
    file: str = ""

    @property
    def place(self) -> str:
        """Such as `line 3`, or `helpers.py, line 3`; empty for the whole program (line 0)."""
        return ", ".join(part for part in (self.file, f"line {self.line}" if self.line else "") if part)

    @property
    def located(self) -> str:
        """The message behind its place; alone when it is about the whole program."""
        return f"{self.place}: {self.message}" if self.place else self.message


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """What the static policy says of a program: findings by line, and what the code would touch."""

    findings: tuple[Finding, ...] = ()
    imports: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    resources: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def refused(self) -> bool:
        return any(finding.grade is Grade.REFUSE for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A draft that did not pass: its code, empty when there was none to try, and what came of it."""

    code: str
    outcome: Outcome
    policy: PolicyReport = field(default_factory=PolicyReport)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a part can work now; `missing` is a short sentence for people when it can't."""

    part: str
    ready: bool
    missing: str = ""


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
