"""What goes to the two Lambdas and comes back, as JSON.

The shapes are those that other systems know; `files`, `timeout`, `arguments` and `details` are ours, and may be left out.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.domain.errors import BadRequest
from services.domain.values import Artifact, InputFile, Outcome
from services.snippets.interface import TIMEOUT, Snippet

PAYLOAD = 6 * 1024**2
"""How many bytes Lambda takes in one request, and gives in one answer."""

VALIDATE = "validate_ray_code"
RUN = "run_python"

_OUTCOME = TypeAdapter(Outcome)
_SNIPPET = TypeAdapter(Snippet)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class ValidationEvent(_Strict):
    """A program, its command line and its cluster; `timeout` is in seconds, `files` are base64 by name.

    `details` asks for all that is known.
    """

    code: str = Field(min_length=1)
    ray_cluster_ip: str | None = None
    timeout: Annotated[float, Field(gt=0, allow_inf_nan=False, strict=False)] | None = None
    files: dict[str, str] = Field(default_factory=dict[str, str])
    arguments: list[str] | None = None
    details: bool = False


class ValidationAnswer(_Strict):
    """What came of the program; `status` is Ray's word for the job, `error` is empty for one that passed.

    `arguments` are those that it got; a function that says nothing of them passes none on.
    """

    success: bool
    job_id: str | None = None
    status: str
    output: str = ""
    error: str | None = None
    arguments: list[str] | None = None
    details: dict[str, Any] | None = None


class SnippetEvent(_Strict):
    """A snippet; `timeout` is in seconds, `details` asks for all that is known."""

    code: str
    timeout: float = Field(TIMEOUT, gt=0, allow_inf_nan=False, strict=False)
    details: bool = False


class SnippetBody(_Strict):
    """`output` is what was printed, and the value of a last expression in a line of its own."""

    output: str = ""
    errors: str = ""
    success: bool
    details: dict[str, Any] | None = None


class SnippetAnswer(_Strict):
    statusCode: int  # noqa: N815  # the wire's name
    body: SnippetBody


def dump_files(files: tuple[InputFile, ...]) -> dict[str, str]:
    return {file.name: base64.b64encode(file.content).decode() for file in files}


def load_files(files: Mapping[str, str]) -> tuple[InputFile, ...]:
    """Raises BadRequest for what is no base64."""
    return tuple(InputFile(name, _bytes(name, content)) for name, content in files.items())


def dump_outcome(outcome: Outcome) -> dict[str, Any]:
    data = _OUTCOME.dump_python(outcome, mode="json", exclude={"artifacts": True, "stdout": True})
    return {**data, "artifacts": [_dump_artifact(artifact) for artifact in outcome.artifacts]}


def load_outcome(data: Mapping[str, Any], stdout: str) -> Outcome:
    """Raises ValueError, BadRequest, KeyError or TypeError for another shape."""
    artifacts = tuple(_load_artifact(artifact) for artifact in data["artifacts"])
    outcome = _OUTCOME.validate_python({**data, "artifacts": (), "stdout": stdout}, strict=False)
    return replace(outcome, artifacts=artifacts)


def dump_snippet(snippet: Snippet) -> dict[str, Any]:
    return _SNIPPET.dump_python(snippet, mode="json")


def load_snippet(data: Mapping[str, Any]) -> Snippet:
    """Raises ValueError for another shape."""
    return _SNIPPET.validate_python(data, strict=False)


def _dump_artifact(artifact: Artifact) -> dict[str, str]:
    content = base64.b64encode(artifact.content).decode()
    return {"name": artifact.name, "media_type": artifact.media_type, "content": content}


def _load_artifact(data: Mapping[str, str]) -> Artifact:
    return Artifact(str(data["name"]), str(data["media_type"]), _bytes(data["name"], data["content"]))


def _bytes(name: str, content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest(f"The file {name!r} is not base64.") from None
