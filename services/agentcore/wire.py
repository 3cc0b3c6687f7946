"""What travels between the bot and its supervisor on AgentCore: one request, and a stream of events until one that ends it.

Both are JSON. Bytes are in base64; the rest is as the values of `services.domain.values` are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from services.domain import errors
from services.domain.checkpoints import FROM_THE_START, Resumed
from services.domain.destination import NOWHERE, Destination
from services.domain.errors import RaygenError
from services.domain.parameters import NOTHING_GIVEN, Given
from services.domain.progress import Stage
from services.domain.values import Engine, InputFile, Origin, Program, Spent
from services.supervisor.interface import Briefing
from services.supervisor.meter import Budget, Price
from services.supervisor.workshop import BuildResult, Tried

VERSION = 4
_PREFIX = b"data:"


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")


class SupervisorSettings(_Wire):
    """What the bot's operator has chosen for the work; the runtime's own settings say how its services are reached.

    `ray_cluster_ip` is the address of the cluster that validates, where one does. `model_deadline` is in seconds.
    """

    model: str
    generator_model: str
    fallback_models: tuple[str, ...] = ()
    model_deadline: float = Field(gt=0)
    engines: tuple[Engine, ...] = Field(min_length=1)
    attempts: int = Field(ge=1, le=10)
    policy: dict[str, str] = {}
    ray_cluster_ip: str | None = None


class Account(_Wire):
    """What the work may take and has taken; `deadline` is the seconds that the whole of it has from now."""

    budget: Budget
    prices: dict[str, Price] = {}
    spent: Spent
    deadline: float = Field(gt=0)


class Inspection(_Wire):
    """A person's own program, to be checked and validated."""

    program: Program
    files: tuple[InputFile, ...] = ()
    resumed: Resumed = FROM_THE_START
    origin: Origin
    given: Given = NOTHING_GIVEN
    destination: Destination = NOWHERE


class Work(_Wire):
    """A request: a briefing to answer or a program to inspect."""

    version: Literal[4] = VERSION
    wish: Briefing | Inspection
    terms: SupervisorSettings
    account: Account


class Cancel(_Wire):
    """The end of whatever the session does for this task."""

    cancel: str = Field(min_length=1)


class Staged(_Wire):
    event: Literal["stage"] = "stage"
    stage: Stage


class Words(_Wire):
    """All that the model has said so far."""

    event: Literal["words"] = "words"
    text: str


class AttemptEvent(_Wire):
    """A draft, or what came of it: policy findings and outcome, without artifacts."""

    event: Literal["attempt"] = "attempt"
    tried: Tried


class Spending(_Wire):
    """All that this request has taken by now, without what its task had spent before."""

    event: Literal["spent"] = "spent"
    spent: Spent


class Beat(_Wire):
    """Nothing new: the work goes on."""

    event: Literal["beat"] = "beat"


class Concluded(_Wire):
    """The end: an answer, or a program with its evidence."""

    event: Literal["concluded"] = "concluded"
    text: str = ""
    made: BuildResult | None = None


class FailedEvent(_Wire):
    """The end: `kind` names an error of `services.domain.errors`, `sentence` is for the person."""

    event: Literal["failed"] = "failed"
    kind: str
    sentence: str


Event = Annotated[
    Staged | Words | AttemptEvent | Spending | Beat | Concluded | FailedEvent, Field(discriminator="event")
]
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_REQUEST: TypeAdapter[Work | Cancel] = TypeAdapter(Work | Cancel)


def read_request(text: str | bytes) -> Work | Cancel:
    """Raises ValueError with one line that names what is wrong."""
    try:
        return _REQUEST.validate_json(text)
    except ValidationError as error:
        problem = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}") from None


def as_line(event: Event) -> bytes:
    """The event as a server-sent one."""
    return b"data: " + event.model_dump_json().encode() + b"\n\n"


def read_line(line: bytes) -> Event | None:
    """The event of a line; None for lines that carry none. Raises ValueError for what is not ours."""
    if not line.startswith(_PREFIX):
        if line.strip() and not line.startswith((b":", b"event:", b"id:", b"retry:")):
            raise ValueError("not a server-sent event")
        return None
    return _EVENT.validate_json(line.removeprefix(_PREFIX))


def failure(error: RaygenError) -> FailedEvent:
    """An error for the other side, by its nearest class in `services.domain.errors`."""
    kinds = (kind.__name__ for kind in type(error).__mro__ if _KINDS.get(kind.__name__) is kind)
    return FailedEvent(kind=next(kinds, RaygenError.__name__), sentence=error.public)


def raised(failed: FailedEvent) -> RaygenError:
    """The same error on this side; one of a kind that is not known here is a RaygenError."""
    return _KINDS.get(failed.kind, RaygenError)(failed.sentence)


_KINDS: Mapping[str, type[RaygenError]] = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, RaygenError)
}
