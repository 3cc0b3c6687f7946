"""Facts from a driver, read as what they are: claims of an untrusted program, typed, bounded, never evaluated.

Each field, and each item of a list, is read by itself: one that can't be read costs only itself. What is missing or
unreadable is unknown, which is never the same as none.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast

from services.domain.values import (
    EVIDENCE,
    Artifact,
    Failure,
    Frame,
    Outcome,
    Table,
    TaskCount,
    Touched,
    Verdict,
)
from services.driver.fields import NAME, Reader, as_list, as_mapping, count, number

_TEXT = 20_000
_ARTIFACT_BYTES = 64 * 1024**2
_COLUMNS = 20
_ROWS = 50
_LISTED = 100
_FILES = 50
_LINES = 10_000_000
_FILE_NAME = 100
_DIGITS = 400
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}")
_PLAIN = "application/octet-stream"
UNFINISHED = "The end of the program was not recorded: its process exited with code 0 first, as after os._exit or os.exec*."
_CHANGED = r"Some names and texts that it reported are shortened, or escaped as in \xff."


@dataclass(frozen=True, slots=True)
class DriverReport:
    """What a driver said of itself; the keys are described in `wrapper/__init__.py`.

    `unknown` names the kinds of EVIDENCE that are missing or that could not be read in full; `remarks` are whole sentences
    about what had to be left out or changed. An `exit_code` that could not be read is None.
    """

    exit_code: int | None = None
    value: str | None = None
    table: Table | None = None
    failure: Failure | None = None
    missing_module: str | None = None
    wall: float | None = None
    cpu: float | None = None
    peak_memory: int | None = None
    tasks: tuple[TaskCount, ...] = ()
    resources: Mapping[str, float] = field(default_factory=dict[str, float])
    touched: Touched = field(default_factory=Touched)
    unknown: tuple[str, ...] = EVIDENCE
    artifacts: tuple[Artifact, ...] = ()
    dropped: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def decode(data: bytes) -> Mapping[str, Any] | None:
    """The object that a driver wrote as JSON; None where it wrote none, or not all of one, or something else."""
    try:
        report = json.loads(data, parse_int=_integer)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", report) if isinstance(report, dict) else None


def _integer(digits: str) -> int | None:
    """Python refuses to read a number of some thousand digits, and with it all that is around it."""
    return int(digits) if len(digits) <= _DIGITS else None


def read(facts: object) -> DriverReport:
    """The facts as far as they can be read; never raises, whatever they are."""
    report = as_mapping(facts)
    reader = Reader()
    resources, whole = reader.amounts(report.get("resources"), _LISTED)
    touched, unknown = _touched(report.get("touched"), reader)
    lost = {*unknown, *([] if whole else ["resources"]), *reader.names(report.get("unknown"), _LISTED)[0]}
    table, failure = _table(report.get("table"), reader), _failure(report.get("failure"), reader)
    artifacts = tuple(_artifact(each, reader) for each in as_list(report.get("artifacts"), _FILES))
    value = reader.text(report.get("value"), _TEXT + 10)
    unread = [
        name
        for name, found in (("value", value), ("table", table), ("failure", failure))
        if report.get(name) is not None and found is None
    ]
    code = count(report.get("exit_code"))
    found = DriverReport(
        exit_code=code if code is not None and code <= 0xFF else None,
        value=value,
        table=table,
        failure=failure,
        missing_module=reader.name(report.get("missing_module")) or None,
        wall=number(report.get("wall")),
        cpu=number(report.get("cpu")),
        peak_memory=count(report.get("peak_memory")),
        tasks=_tasks(report.get("tasks"), reader),
        resources=resources,
        touched=touched,
        unknown=tuple(kind for kind in EVIDENCE if kind in lost),
        artifacts=tuple(filter(None, artifacts)),
        dropped=_dropped(report.get("dropped"), reader),
    )
    ended = _ended(as_mapping(report.get("ended")), reader)
    return replace(
        found, remarks=tuple(filter(None, (ended, _left_out(unread, artifacts), reader.changed and _CHANGED)))
    )


def fill(
    outcome: Outcome, facts: DriverReport, *, cpu: float | None = None, artifact_bytes: int = _ARTIFACT_BYTES
) -> Outcome:
    """The outcome with everything that facts can add; verdict, output and exit code stay as they are.

    Only where the verdict is a plain failure may facts say which kind of failure it was.
    `cpu` is what was measured from outside, in seconds; artifacts beyond `artifact_bytes` are left behind.
    """
    verdict, detail = outcome.verdict, outcome.detail
    if verdict is Verdict.FAILED and facts.missing_module:
        verdict, detail = Verdict.NOT_IMPORTABLE, facts.missing_module
    artifacts, left = _within(facts.artifacts, artifact_bytes)
    return replace(
        outcome,
        verdict=verdict,
        detail=detail or "; ".join((*facts.dropped, *left)) or None,
        value=facts.value,
        table=facts.table,
        failure=None if outcome.passed else facts.failure,
        artifacts=artifacts,
        wall=outcome.wall if outcome.wall is not None else facts.wall,
        cpu=facts.cpu if cpu is None else cpu,
        peak_memory=outcome.peak_memory or facts.peak_memory,
        tasks=outcome.tasks or facts.tasks,
        resources=facts.resources,
        touched=facts.touched,
        unknown=facts.unknown,
        remarks=(*outcome.remarks, *facts.remarks),
    )


def _touched(value: object, reader: Reader) -> tuple[Touched, list[str]]:
    """What was touched, and the kinds of which that is not all."""
    report, more = as_mapping(value), as_mapping(as_mapping(value).get("more"))
    kinds = [each.name for each in fields(Touched) if each.name != "more"]
    listed: dict[str, tuple[str, ...]] = {}
    left: dict[str, int] = {}
    unknown: list[str] = []
    for kind in kinds:
        listed[kind], beyond, whole = reader.names(report.get(kind), _LISTED)
        beyond += count(more.get(kind)) or 0
        if beyond:
            left[kind] = beyond
        if not whole or (kind in more and count(more[kind]) is None):
            unknown.append(kind)
    return Touched(**listed, more=left), unknown


def _tasks(value: object, reader: Reader) -> tuple[TaskCount, ...]:
    counted = {reader.name(name): count(times) for name, times in as_mapping(value).items()}
    named = [
        TaskCount(name, "SUBMITTED", times) for name, times in counted.items() if name and times is not None
    ]
    return tuple(named[:_LISTED])


def _dropped(value: object, reader: Reader) -> tuple[str, ...]:
    names, more, _ = reader.names(value, _LISTED)
    return (*names, f"{more:,} more of its files were omitted") if more else names


def _failure(value: object, reader: Reader) -> Failure | None:
    report = as_mapping(value)
    kind = reader.name(report.get("kind"))
    if not kind:
        return None
    frames = [_frame(as_mapping(each), reader) for each in as_list(report.get("frames"), _FILES)]
    return Failure(
        kind,
        reader.text(report.get("message"), _TEXT) or "",
        tuple(frames),
        reader.name(report.get("inside"), 1000) or None,
        reader.text(report.get("traceback"), _TEXT) or "",
    )


def _frame(report: Mapping[str, Any], reader: Reader) -> Frame:
    line = count(report.get("line")) or 0
    function, source = reader.name(report.get("function"), 1000), reader.text(report.get("source"), 10_000)
    return Frame(min(line, _LINES), function or "", source or "")


def _table(value: object, reader: Reader) -> Table | None:
    report = as_mapping(value)
    columns = _cells(report.get("columns"), reader)
    rows = [_cells(row, reader) for row in as_list(report.get("rows"), _ROWS)]
    totals = count(report.get("total_rows")), count(report.get("total_columns"))
    if not columns or not isinstance(report.get("rows"), list) or totals[0] is None or totals[1] is None:
        return None
    if (
        any(row is None or len(row) != len(columns) for row in rows)
        or totals[0] < len(rows)
        or totals[1] < len(columns)
    ):
        return None
    return Table(columns, tuple(filter(None, rows)), totals[0], totals[1])


def _cells(value: object, reader: Reader) -> tuple[str, ...] | None:
    """A row of texts; None where one of them is none, or there are too many."""
    if not isinstance(value, list):
        return None
    items = cast("list[Any]", value)
    cells = [cell for item in items if (cell := reader.text(item, NAME)) is not None]
    return tuple(cells) if len(cells) == len(items) <= _COLUMNS else None


def _artifact(value: object, reader: Reader) -> Artifact | None:
    report = as_mapping(value)
    name, content, kind = report.get("name"), report.get("content"), report.get("media_type")
    if not isinstance(name, str) or not name or not isinstance(content, str):
        return None
    try:
        data = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        return None
    media_type = kind if isinstance(kind, str) and _MEDIA_TYPE.fullmatch(kind) else _PLAIN
    return Artifact(_bare(name, reader), media_type, data)


def _left_out(unread: list[str], artifacts: tuple[Artifact | None, ...]) -> str:
    """What was there and could not be read, as a sentence, or nothing."""
    lost = artifacts.count(None)
    files = [] if not lost else ["one of its files" if lost == 1 else f"{lost} of its files"]
    parts = [*(f"its {name}" for name in unread), *files]
    return f"Its report of {', '.join(parts)} could not be read." if parts else ""


def _ended(report: Mapping[str, Any], reader: Reader) -> str:
    """Where the program ended before its end, as a sentence, or nothing."""
    line, last = count(report.get("line")), count(report.get("last"))
    during = reader.name(report.get("during"))
    if line is None or last is None:
        return ""
    if during:
        return f"It exited with SystemExit on line {line} while handling {during}."
    left = (
        f"before its last statement (line {last})" if line < last else "before the end of its last statement"
    )
    return f"It exited with SystemExit on line {line}, {left}; the code after that was not observed."


def _within(artifacts: tuple[Artifact, ...], room: int) -> tuple[tuple[Artifact, ...], list[str]]:
    """Those that fit, by names of their own, and a sentence for each that does not."""
    found: dict[str, Artifact] = {}
    left: list[str] = []
    for artifact in artifacts:
        if artifact.size > room:
            left.append(f"{artifact.name} ({artifact.size:,} bytes) is too large")
            continue
        room -= artifact.size
        name = _unique(artifact.name, taken=found)
        found[name] = replace(artifact, name=name)
    return tuple(found.values()), left


def _bare(name: str, reader: Reader) -> str:
    """A file name that is no path, shows all its characters and is short enough for any file system."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1].strip(". ")
    shown = reader.name(bare, limit=10**6) or "file"
    if len(shown) <= _FILE_NAME:
        return shown
    reader.changed = True
    stem, dot, suffix = shown.rpartition(".")
    end = f".{suffix}" if dot and stem and len(suffix) < 20 else ""
    return f"{shown[: _FILE_NAME - 1 - len(end)]}…{end}"


def _unique(bare: str, *, taken: Mapping[str, object]) -> str:
    unique, number = bare, 2
    while unique in taken:
        stem, dot, suffix = bare.rpartition(".")
        unique = f"{stem}-{number}.{suffix}" if dot else f"{bare}-{number}"
        number += 1
    return unique
