"""What a Lambda is asked, and how long it has: by an event of its own, or through an AgentCore gateway."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, cast

from pydantic import BaseModel, ValidationError

from services.domain.errors import BadRequest
from services.domain.untrusted_data import from_json

_TOOL = "bedrockAgentCoreToolName"
_APART = "___"
_LONGEST = 900.0

Event = TypeVar("Event", bound=BaseModel)


class Context(Protocol):
    """What the runtime tells beside the event, as far as it is used."""

    client_context: Any

    def get_remaining_time_in_millis(self) -> int: ...


def read(kind: type[Event], event: object, context: Context | None, tool: str) -> Event:
    """The event as `kind`: bare, under `arguments`, or from a gateway that calls our `tool`.

    Raises BadRequest, with one sentence that names what is wrong.
    """
    called = tool_name(context)
    if called not in {"", tool}:
        raise BadRequest(f"This function has no tool {called!r}, only {tool!r}.")
    try:
        return kind.model_validate(_arguments(event))
    except ValidationError as error:
        problem = error.errors()[0]
    name = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "missing":
        raise BadRequest(f"The event has no `{name}`.")
    raise BadRequest(f"The event's `{name}` is wrong: {problem['msg']}.")


def tool_name(context: Context | None) -> str:
    """The tool that a gateway calls, without its target's name; empty when there is no gateway."""
    custom = getattr(getattr(context, "client_context", None), "custom", None)
    name = cast("dict[str, Any]", custom).get(_TOOL) if isinstance(custom, dict) else None
    return name.rpartition(_APART)[2] if isinstance(name, str) else ""


def seconds_left(context: Context | None) -> float:
    """Until the function's own time is up; the longest that there is where nobody says."""
    return _LONGEST if context is None else context.get_remaining_time_in_millis() / 1000


def _arguments(event: object) -> dict[str, Any]:
    if not isinstance(event, dict):
        raise BadRequest("The event must be a JSON object with `code`.")
    fields = cast("dict[str, Any]", event)
    # Beside `code`, `arguments` are the program's own.
    inner: Any = fields if "code" in fields else fields.get("arguments", fields)
    if isinstance(inner, str):
        try:
            inner = from_json(inner)
        except ValueError:
            inner = None
    if not isinstance(inner, dict):
        raise BadRequest("The event's `arguments` must be a JSON object with `code`.")
    return cast("dict[str, Any]", inner)
