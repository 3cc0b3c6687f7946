"""Facts from a driver, read as what they are: claims of an untrusted program, typed, bounded, never evaluated."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.model import EVIDENCE, Artifact, Failure, Frame, Outcome, Table, TaskCount, Touched, Verdict

_NAME = 200
_TEXT = 20_000
_ARTIFACT_BYTES = 64 * 1024**2
_COLUMNS = 20
_ROWS = 50
_COUNT = 10**15


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=False)


class _Frame(_Loose):
    line: int = Field(0, ge=0, le=10_000_000)
    function: str = Field("", max_length=1000)
    source: str = Field("", max_length=10_000)


class _Failure(_Loose):
    kind: str = Field(max_length=_NAME)
    message: str = Field("", max_length=_TEXT)
    frames: list[_Frame] = Field(default_factory=list[_Frame], max_length=50)
    inside: str | None = Field(None, max_length=1000)
    traceback: str = Field("", max_length=_TEXT)


_Cell = Annotated[str, Field(max_length=_NAME)]


class _Table(_Loose):
    columns: list[_Cell] = Field(min_length=1, max_length=_COLUMNS)
    rows: list[Annotated[list[_Cell], Field(max_length=_COLUMNS)]] = Field(max_length=_ROWS)
    total_rows: int = Field(ge=0, le=_COUNT)
    total_columns: int = Field(ge=0, le=_COUNT)

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("rows of different lengths")
        if self.total_rows < len(self.rows) or self.total_columns < len(self.columns):
            raise ValueError("totals below what is shown")
        return self


class _Touched(_Loose):
    files: list[str] = Field(default_factory=list[str], max_length=100)
    hosts: list[str] = Field(default_factory=list[str], max_length=100)
    processes: list[str] = Field(default_factory=list[str], max_length=100)
    environment: list[str] = Field(default_factory=list[str], max_length=100)
    refused: list[str] = Field(default_factory=list[str], max_length=100)
    packages: list[str] = Field(default_factory=list[str], max_length=100)


class _Artifact(_Loose):
    name: str = Field(min_length=1, max_length=_NAME)
    media_type: str = Field("application/octet-stream", pattern=r"^[\w.+-]{1,60}/[\w.+-]{1,60}$")
    content: str


class Facts(_Loose):
    """What a driver said of itself; the keys are described in `wrapper/__init__.py`."""

    exit_code: int = 0
    value: str | None = Field(None, max_length=_TEXT + 10)
    table: _Table | None = None
    failure: _Failure | None = None
    missing_module: str | None = Field(None, max_length=_NAME)
    infeasible: dict[str, float] = Field(default_factory=dict[str, float], max_length=100)
    wall: float | None = Field(None, ge=0)
    cpu: float | None = Field(None, ge=0)
    peak_memory: int | None = Field(None, ge=0)
    tasks: dict[str, int] = Field(default_factory=dict[str, int], max_length=100)
    resources: dict[str, float] | None = Field(None, max_length=100)
    touched: _Touched | None = None
    artifacts: list[_Artifact] = Field(default_factory=list[_Artifact], max_length=50)
    dropped: list[str] = Field(default_factory=list[str], max_length=100)


def read(facts: Mapping[str, Any] | None) -> Facts:
    """The facts, or empty ones where there are none or their shape is wrong; a wrong table costs only itself."""
    told = dict(facts or {})
    try:
        return Facts.model_validate(told)
    except ValidationError as error:
        only_table = {problem["loc"][:1] for problem in error.errors()} == {("table",)}
        return read({**told, "table": None}) if only_table else Facts.model_validate({})


def fill(
    outcome: Outcome, facts: Facts, *, cpu: float | None = None, artifact_bytes: int = _ARTIFACT_BYTES
) -> Outcome:
    """The outcome with everything that facts can add; verdict, output and exit code stay as they are.

    Only where the verdict is a plain failure may facts say which kind of failure it was.
    `cpu` is what was measured from outside, in seconds; artifacts beyond `artifact_bytes` are left behind.
    """
    verdict, detail = outcome.verdict, outcome.detail
    if verdict is Verdict.FAILED and facts.missing_module:
        verdict, detail = Verdict.NOT_IMPORTABLE, facts.missing_module
    return replace(
        outcome,
        verdict=verdict,
        detail=detail or "; ".join(facts.dropped) or None,
        value=facts.value,
        table=_table(facts.table),
        failure=None if outcome.passed else _failure(facts.failure),
        artifacts=tuple(_artifacts(facts, artifact_bytes)),
        wall=outcome.wall if outcome.wall is not None else facts.wall,
        cpu=facts.cpu if cpu is None else cpu,
        peak_memory=outcome.peak_memory or facts.peak_memory,
        tasks=outcome.tasks
        or tuple(TaskCount(name, "SUBMITTED", count) for name, count in facts.tasks.items()),
        resources=facts.resources or {},
        touched=_reached(facts.touched) if facts.touched else Touched(),
        unknown=tuple(
            kind for kind in EVIDENCE if (facts.resources if kind == "resources" else facts.touched) is None
        ),
    )


def _reached(touched: _Touched) -> Touched:
    return Touched(
        files=tuple(touched.files),
        hosts=tuple(touched.hosts),
        processes=tuple(touched.processes),
        environment=tuple(touched.environment),
        refused=tuple(touched.refused),
        packages=tuple(touched.packages),
    )


def _failure(failure: _Failure | None) -> Failure | None:
    if failure is None:
        return None
    frames = tuple(Frame(frame.line, frame.function, frame.source) for frame in failure.frames)
    return Failure(failure.kind, failure.message, frames, failure.inside, failure.traceback)


def _table(table: _Table | None) -> Table | None:
    if table is None:
        return None
    return Table(tuple(table.columns), tuple(map(tuple, table.rows)), table.total_rows, table.total_columns)


def _artifacts(facts: Facts, room: int) -> list[Artifact]:
    artifacts: dict[str, Artifact] = {}
    for claimed in facts.artifacts:
        try:
            content = base64.b64decode(claimed.content, validate=True)
        except (binascii.Error, ValueError):
            continue
        if len(content) > room:
            continue
        room -= len(content)
        name = _bare(claimed.name, taken=artifacts)
        artifacts[name] = Artifact(name, claimed.media_type, content)
    return list(artifacts.values())


def _bare(name: str, *, taken: Mapping[str, object]) -> str:
    """A file name that is no path, shows no control characters and is not taken."""
    bare = (
        "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip(". ")
        or "file"
    )
    unique, number = bare, 2
    while unique in taken:
        stem, dot, suffix = bare.rpartition(".")
        unique = f"{stem}-{number}.{suffix}" if dot else f"{bare}-{number}"
        number += 1
    return unique
