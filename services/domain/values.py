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
    PARTIAL = "partial"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a task took."""

    calls: int = 0
    """Calls of models."""
    input: int = 0
    """Tokens of input, without those of the prompt cache."""
    output: int = 0
    """Tokens of output."""
    cached: int = 0
    """Tokens read from the prompt cache."""
    written: int = 0
    """Tokens written into the prompt cache."""
    money: float | None = None
    """In the currency of the configured prices; None where they are unknown."""
    seconds: float = 0.0
    """From the start to the end of the work."""
    models: tuple[str, ...] = ()
    """The models that were called, each once."""
    attempts: int = 0
    """Programs that were drafted."""

    @property
    def tokens(self) -> int:
        return self.input + self.output + self.cached + self.written

    def __add__(self, later: Spent) -> Spent:
        money = [each.money for each in (self, later) if each.money is not None]
        return Spent(
            calls=self.calls + later.calls,
            input=self.input + later.input,
            output=self.output + later.output,
            cached=self.cached + later.cached,
            written=self.written + later.written,
            money=sum(money) if money else None,
            seconds=self.seconds + later.seconds,
            models=tuple(dict.fromkeys((*self.models, *later.models))),
            attempts=self.attempts + later.attempts,
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
    """One line of the user's own program in a traceback; `line` counts from 1, and is 0 where Python names none."""

    line: int
    function: str
    source: str

    @property
    def place(self) -> str:
        """Such as `line 3, in work`."""
        return f"line {self.line}, in {self.function}" if self.line else f"in {self.function}"


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
"""What can be observed of a program besides its output: the fields of `Touched`, and the resources it asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What a program reached for, as observed while it ran."""

    files: tuple[str, ...] = ()
    """Paths outside its working directory."""
    hosts: tuple[str, ...] = ()
    """Hosts that it looked up or connected to."""
    processes: tuple[str, ...] = ()
    """Commands that it started."""
    environment: tuple[str, ...] = ()
    """Environment variables that it read."""
    refused: tuple[str, ...] = ()
    """What the seal denied."""
    packages: tuple[str, ...] = ()
    """Packages that it imported."""
    more: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many names of a kind there are beyond those listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a program wrote to a data connection in validation, as found there once it had ended."""

    name: str
    """The connection's name."""
    files: int = 0
    """Files that are new or changed."""
    size: int = 0
    """Bytes of these."""
    unit: str = "files"
    """What `files` counts: `files`, or `tables` of a database, whose size is not known."""
    rows: int | None = None
    """Rows of all tables in them, or rows that have changed; None where some can't be read as one."""
    columns: tuple[str, ...] = ()
    """Columns of these tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything that is known of one execution of a program. Unknown figures are None, never zero."""

    verdict: Verdict
    """What came of it."""
    stdout: str = ""
    """The program's own lines, up to the limit; where the middle was cut, a line in it says so."""
    stderr: str = ""
    """The same of its standard error."""
    value: str | None = None
    """The repr of a last expression."""
    failure: Failure | None = None
    """The exception that ended the program."""
    detail: str | None = None
    """Why there is no better verdict, for people."""
    artifacts: tuple[Artifact, ...] = ()
    """Figures and files that the program made."""
    exit_code: int | None = None
    """Of the driver's process."""
    wall: float | None = None
    """Seconds from start to end."""
    cpu: float | None = None
    """Seconds of CPU time, all processes together."""
    peak_memory: int | None = None
    """The most bytes in use at once, all processes together."""
    tasks: tuple[TaskCount, ...] = ()
    """Ray tasks and actors by name and state."""
    resources: Mapping[str, float] = field(default_factory=dict[str, float])
    """The most that a task or actor asked for, by Ray's name of the resource."""
    touched: Touched = field(default_factory=Touched)
    """What the program reached for."""
    truncated: bool = False
    """Whether the output met its limit."""
    gone: Gone = NOTHING_GONE
    """What is missing from the middle of `stdout`."""
    where: str = ""
    """Where a validation took place that was not in a sealed cluster."""
    cluster: str = ""
    """Which cluster that was, by a hash of its address; empty where it was none of Ray's or is not known."""
    table: Table | None = None
    """The last expression, or the last thing shown, as a table."""
    remarks: tuple[str, ...] = ()
    """Sentences about what happened around the execution."""
    unknown: tuple[str, ...] = EVIDENCE
    """Kinds of EVIDENCE that were not observed in full: what `touched` and `resources` lack of them proves nothing."""
    written: tuple[Written, ...] = ()
    """What it wrote to data connections."""
    unproven: tuple[str, ...] = ()
    """What a partial validation could not run, as sentences, each observed from outside the program."""

    @property
    def observed(self) -> bool:
        """Whether all kinds of evidence were observed in full; an execution of which nothing is known was not."""
        return not self.unknown

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.PASSED

    @property
    def approvable(self) -> bool:
        """Whether a validation with this outcome can be approved: all of the program ran, or all that can run there."""
        return self.verdict in {Verdict.PASSED, Verdict.PARTIAL}

    @property
    def proposable(self) -> bool:
        """Whether a person may be shown the program as finished; one that could not be tried says so."""
        return self.approvable or self.verdict is Verdict.UNTRIED


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyReport:
    """What the static policy reads in the code of a program."""

    findings: tuple[Finding, ...] = ()
    """What a rule objects to or remarks on, in the order of the lines."""
    imports: tuple[str, ...] = ()
    """Modules that the code imports."""
    files: tuple[str, ...] = ()
    """Paths that it would open."""
    hosts: tuple[str, ...] = ()
    """Hosts that it would call."""
    processes: tuple[str, ...] = ()
    """Commands that it would start."""
    environment: tuple[str, ...] = ()
    """Environment variables that it would read."""
    resources: Mapping[str, float] = field(default_factory=dict[str, float])
    """What a task or actor would ask for, by Ray's name of the resource."""

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
