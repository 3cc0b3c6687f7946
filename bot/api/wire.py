"""What the API takes and gives, as JSON."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, WithJsonSchema

from services.domain.parameters import ARGUMENTS, Value
from services.usecases.requests import PROMPT_LIMIT

CODE_LIMIT = 200_000
BODY_LIMIT = 1024**2
WAIT = 600.0


def _words(text: str) -> str:
    if not text.strip():
        raise ValueError("must contain more than white space")
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


Words = Annotated[str, AfterValidator(_words)]
SessionId = Annotated[
    Words,
    Field(
        min_length=1,
        max_length=256,
        description="Any text; the same one continues the conversation. Other tokens can't access your sessions.",
        examples=["test"],
    ),
]
Wait = Annotated[
    float,
    Field(
        ge=0,
        le=3600,
        description="Seconds to wait for the result; after that the response is 202 and the work continues.",
    ),
]


# What is wrong with a value is said by the parameter that it is for.
_VALUE = {"anyOf": [{"type": kind} for kind in ("boolean", "integer", "number", "string")]}
Parameters = dict[str, Annotated[Any, WithJsonSchema(_VALUE)]]


class GenerateRequest(BaseModel):
    """A sentence to turn into a program."""

    prompt: Words = Field(
        min_length=1,
        max_length=PROMPT_LIMIT,
        examples=["Create a Ray task that returns Hello"],
    )
    session_id: SessionId
    wait: Wait = WAIT


class ExecuteRequest(BaseModel):
    """A program of your own."""

    code: Words = Field(
        min_length=1,
        max_length=CODE_LIMIT,
        examples=['import ray\nray.init()\nprint("Hello")'],
    )
    session_id: SessionId
    parameters: Parameters = Field(
        {},
        max_length=20,
        description="Values of parameters that the program's header declares, by name.",
        examples=[{"rows": 1000}],
    )
    arguments: list[str] = Field(
        [],
        max_length=ARGUMENTS,
        description="Further command-line arguments; no shell reads them.",
        examples=[["--days", "7"]],
    )
    run: bool = Field(
        True,
        description="Run it on the target once validation has passed, if your token can approve; otherwise it waits for approval.",
    )
    wait: Wait = WAIT


class ResumeRequest(BaseModel):
    """The session of the run to resume."""

    session_id: SessionId
    wait: Wait = WAIT


Work = GenerateRequest | ExecuteRequest


class ApproveRequest(BaseModel):
    """A decision that is bound to exactly one code."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="The SHA-256 of the code that you reviewed.")


class Problem(BaseModel):
    """What went wrong: a code for programs, and one sentence for people."""

    code: str
    message: str


class Failed(BaseModel):
    """Every answer that is not a success of HTTP."""

    error: Problem


class File(BaseModel):
    """A picture or file that a program made; size in bytes."""

    name: str
    media_type: str
    size: int


class Execution(BaseModel):
    """What came of one execution; `where` it was, `wall` in seconds.

    `remarks` are whole sentences about how it ran; `unknown` names kinds of evidence that could not be observed in full;
    `unproven` are sentences about what a validation with the verdict `partial` could not run.
    """

    success: bool
    verdict: str
    where: str
    output: str
    errors: str
    value: str | None
    error: str | None
    wall: float | None
    exit_code: int | None
    truncated: bool
    files: list[File]
    remarks: list[str]
    unknown: list[str]
    unproven: list[str]


class Code(BaseModel):
    """A complete program; an approval is bound to its sha256."""

    title: str
    purpose: str
    code: str
    sha256: str


class InPlace(BaseModel):
    """The checkpoints that a resumed program finds in place: the run that left them, files, bytes, and a hash of all of them."""

    run: str
    count: int
    size: int
    sha256: str


class Suggestion(BaseModel):
    """A proposal: it runs on `target` once somebody approves it.

    It takes `approvals_needed` approvals by different people and has `approvals` of them. From `expires_at` on (POSIX
    seconds) it can't be approved any more. `expected_cost` is an estimate with its basis, where the target has prices.
    It runs with these `parameters` and further `arguments`; it was validated with `validation_parameters`.
    """

    id: str
    status: str
    sha256: str
    target: str
    attempts: int
    approvals: int
    approvals_needed: int
    expires_at: float | None
    expected_cost: str | None
    parameters: dict[str, Value]
    validation_parameters: dict[str, Value]
    arguments: list[str]
    checkpoints: InPlace | None


class Job(BaseModel):
    """A run on a target; its `id` is the submission ID there. Times are seconds since 1970."""

    id: str
    status: str
    title: str
    target: str
    requester: str
    approver: str
    created_at: float
    ended_at: float | None
    result: Execution | None


class Answer(BaseModel):
    """A request and what came of it, as far as it has come.

    `done` says that nothing more happens by itself. `success` is true when it is done and has come out well: an answer
    was given, or the program passed where it was executed last, which `where` names: in its validation, or on a target.
    """

    success: bool
    done: bool
    session_id: str
    task_id: str
    status: str
    prompt: str
    message: str
    where: str | None
    output: str | None
    error: str | None
    program: Code | None
    proposal: Suggestion | None
    validation: Execution | None
    run: Job | None
    tokens: int


class Past(BaseModel):
    """A session's requests, oldest first; the earliest are left out where there are more than a hundred."""

    session_id: str
    tasks: list[Answer]


class Fresh(BaseModel):
    """A session that has forgotten everything; `stopped` requests had not ended."""

    session_id: str
    stopped: int


class Share(BaseModel):
    """How much of a resource is in use; memory in bytes."""

    used: float
    total: float


class Profile(BaseModel):
    """What a target has, as one small job on it has found; `packages` are those that are the same on all nodes that answered.

    `gpus` are those of all nodes; `memory` is in bytes, of the node with the most, and 0 where that is unknown.
    """

    python: str
    ray: str
    packages: dict[str, str]
    gpus: float
    accelerators: list[str]
    memory: int
    nodes: int
    answered: int


class Cluster(BaseModel):
    """A target as it is now; `problem` says why nothing is known of it.

    `profile` is null where it is unknown or you can't use the target. With `own_validation`, programs for it are validated
    unsealed on a cluster of its own.
    """

    name: str
    up: bool
    problem: str
    ray_version: str
    nodes: int
    waiting: int
    resources: dict[str, Share]
    own_validation: bool
    profile: Profile | None


class Status(BaseModel):
    """All targets, the default one first."""

    targets: list[Cluster]


class Jobs(BaseModel):
    """Runs that you have asked for or approved, newest first."""

    jobs: list[Job]


class Stopped(BaseModel):
    """A run that is coming to its end."""

    id: str
    stopping: bool


class Health(BaseModel):
    """Whether requests can be worked on now, and what is missing where they can't."""

    status: str
    ready: bool
    missing: dict[str, str]


class Step(BaseModel):
    """A step of the work; `attempt` counts from 1, 0 before the first."""

    phase: str
    attempt: int
    note: str


class Progress(BaseModel):
    """The event `progress`: all steps so far, the last under way, and what the model has said."""

    steps: list[Step]
    words: str


class Running(BaseModel):
    """The event `run`: a run as it is now, with the end of its output; `elapsed` in seconds."""

    id: str
    status: str
    output: str
    elapsed: float
    note: str
