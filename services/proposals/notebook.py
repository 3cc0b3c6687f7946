"""A program as a notebook: what it is and where it comes from, its modules, arguments and code, and what came of it last."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from services.domain import notebook_format
from services.domain.entities import Proposal, Run, run_id
from services.domain.modules import modules
from services.domain.notebook_cells import cells_of, file_cells
from services.domain.notebook_format import Cell
from services.domain.parser_process import run_isolated
from services.domain.values import Artifact, InputFile, Outcome, Table
from services.proposals import provenance
from services.security.redaction import masked
from services.store import Store
from services.text.formatting import clean, human_bytes

NAME = "program.ipynb"
MEDIA_TYPE = "application/x-ipynb+json"
_FIGURES = frozenset({"image/png", "image/jpeg", "image/gif"})
# Bytes of all figures together; Jupyter reads a notebook whole.
_ROOM = 15_000_000
_MARKUP = re.compile(r"([\\`*_~\[\]<>!$&|:#@])")


@dataclass(frozen=True, slots=True)
class _Source:
    proposal: Proposal
    run: Run | None
    outcome: Outcome
    files: Sequence[InputFile]
    program: Sequence[Cell]
    lost: Sequence[str]


async def notebook(store: Store, proposal: Proposal) -> tuple[str, Artifact]:
    """The notebook of a proposal, and the ID of what its outputs are of: its run, once that has ended, or itself."""
    run = await store.runs.find(run_id(proposal.id))
    ended = run if run is not None and run.outcome is not None else None
    owner = ended.id if ended else proposal.id
    outcome = ended.outcome if ended and ended.outcome else proposal.validation
    whole = await store.artifacts.whole(owner)
    outcome = replace(outcome, artifacts=whole.artifacts)
    files = await store.inputs.kept(proposal.session_id, [each for each in proposal.inputs if each.is_code])
    program = await run_isolated(cells_of, masked(proposal.program.code))
    source = _Source(proposal, ended, outcome, files, program, whole.missing)
    return owner, Artifact(NAME, MEDIA_TYPE, await asyncio.to_thread(_written, source))


def _written(source: _Source) -> bytes:
    proposal, run, outcome = source.proposal, source.run, source.outcome
    figures = _figures(outcome)
    listed = [f"{each.name} ({human_bytes(each.size)})" for each in outcome.artifacts if each not in figures]
    listed += [f"{name} (no longer stored)" for name in source.lost]
    facts = provenance.facts(proposal, run, outcome)
    if listed:
        facts["Other files"] = ", ".join(listed)
    cells = [Cell("markdown", _head(proposal, facts), tags=(notebook_format.ADDED,))]
    for file in modules(source.files):
        cells += file_cells(file.name, masked(file.content.decode("utf-8-sig", "replace")))
    words = [masked(each) for each in proposal.command_line]
    cells.append(
        Cell("code", f"import sys\n\nsys.argv = {['main.py', *words]!r}", tags=(notebook_format.ADDED,))
    )
    cells += _with_outputs(source.program, tuple(_outputs(outcome, figures)))
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
        "raygen": provenance.record(proposal, run, outcome),
    }
    return notebook_format.written(cells, metadata).encode(errors="replace")


def _with_outputs(program: Sequence[Cell], outputs: tuple[Mapping[str, Any], ...]) -> list[Cell]:
    """The outputs of a program stand below its last cell with code."""
    code = [number for number, cell in enumerate(program) if cell.kind == "code"]
    if not code:
        return list(program)
    return [
        replace(cell, outputs=outputs) if number == code[-1] else cell for number, cell in enumerate(program)
    ]


def _head(proposal: Proposal, facts: Mapping[str, str]) -> str:
    lines = [f"- **{name}:** {_literal(text)}" for name, text in facts.items()]
    title, purpose = _literal(proposal.program.title), _literal(proposal.program.purpose)
    return "\n".join([f"# {title}", "", purpose, "", *lines])


def _literal(text: str) -> str:
    """Text on one line of Markdown, in which nothing of it is markup."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _outputs(outcome: Outcome, figures: Sequence[Artifact]) -> Iterator[dict[str, Any]]:
    for name, text in (("stdout", outcome.stdout), ("stderr", outcome.stderr)):
        if text:
            yield {"output_type": "stream", "name": name, "text": clean(text)}
    for each in figures:
        data = {each.media_type: base64.b64encode(each.content).decode(), "text/plain": clean(each.name)}
        yield {"output_type": "display_data", "data": data}
    value = {"text/plain": clean(outcome.value)} if outcome.value is not None else {}
    if outcome.table is not None:
        value = {"text/plain": _lines(outcome.table), **value, "text/html": _html(outcome.table)}
    if value:
        yield {"output_type": "execute_result", "data": value, "execution_count": 1}
    if failure := outcome.failure:
        trace = clean(failure.traceback) or f"{failure.kind}: {failure.message}"
        yield {
            "output_type": "error",
            "ename": failure.kind,
            "evalue": clean(failure.message),
            "traceback": trace.split("\n"),
        }


def _figures(outcome: Outcome) -> list[Artifact]:
    found: list[Artifact] = []
    room = _ROOM
    for each in outcome.artifacts:
        if each.media_type in _FIGURES and each.size <= room:
            found.append(each)
            room -= each.size
    return found


def _html(table: Table) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _lines(table: Table) -> str:
    return "\n".join("\t".join(row) for row in (table.columns, *table.rows))
