"""What a follow-up knows of its thread: who asked what, the programs, how they did; shortened, but never the current program.

Everything in it that people, programs or files have said stands escaped between tags, as data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from services.domain.values import Outcome, Program
from services.llm.interface import Text, Turn
from services.supervisor.evidence import enclosed, plain
from services.text.formatting import head_and_tail, plural

ROOM = 48_000
_CURRENT = 24_000
_PAST = 1_200
_TAIL = 1_500
_LINE = 160
_LINES = 40


@dataclass(frozen=True, slots=True)
class Try:
    """An execution that a thread remembers; `by` is who approved it, empty for a validation."""

    outcome: Outcome
    by: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One earlier request and what came of it; `writer` is the model or the person that wrote the program.

    `rejected` is why a person did not let it run.
    """

    author: str
    prompt: str
    answer: str
    program: Program | None = None
    writer: str = ""
    validation: Try | None = None
    run: Try | None = None
    rejected: str = ""
    rejected_by: str = ""


@dataclass(frozen=True, slots=True)
class Memory:
    """The thread as a model gets it: earlier turns, and what belongs before the newest request."""

    turns: tuple[Turn, ...] = ()
    before: str = ""


def recollect(exchanges: Sequence[Exchange], *, room: int = ROOM) -> Memory:
    """The newest exchanges whole, as far as `room` characters go, and a line for each before them.

    The last program is included whole (up to 24,000 characters) whatever the room.
    """
    last = max((at for at, each in enumerate(exchanges) if each.program), default=-1)
    entries = [
        (_statement(each), each.answer, _record(each, whole=at == last)) for at, each in enumerate(exchanges)
    ]
    kept, left = len(entries), room
    while kept and (left := left - sum(map(len, entries[kept - 1]))) >= 0:
        kept -= 1
    # The current program's record is included even if its exchange is not.
    current = [entries[last][2]] if 0 <= last < kept else []
    before = "\n".join([*_compacted(exchanges[:kept]), *current])
    turns: list[Turn] = []
    for said, answer, record in entries[kept:]:
        turns += [_turn("user", before, said), _turn("assistant", answer or "(no answer)")]
        before = record
    return Memory(tuple(turns), before)


def _turn(role: str, *texts: str) -> Turn:
    text = "\n\n".join(filter(None, texts))
    return Turn("assistant" if role == "assistant" else "user", (Text(text),))


def _statement(exchange: Exchange) -> str:
    return f"<message from={quoteattr(exchange.author)}>{escape(exchange.prompt)}</message>"


def _record(exchange: Exchange, *, whole: bool) -> str:
    """What an exchange produced besides text; empty if nothing."""
    parts: list[str] = []
    if exchange.program is not None:
        parts.append(_program(exchange.program, exchange.writer, whole=whole))
    if exchange.validation is not None:
        parts.append(_tried("validation", exchange.validation))
    if exchange.rejected:
        by = quoteattr(exchange.rejected_by)
        parts.append(f"<rejected by={by}>{escape(exchange.rejected[:_PAST])}</rejected>")
    if exchange.run is not None:
        parts.append(_tried("run", exchange.run))
    return "<record>\n" + "\n".join(parts) + "\n</record>" if parts else ""


def _program(program: Program, writer: str, *, whole: bool) -> str:
    shown = head_and_tail(program.code, limit=_CURRENT if whole else _PAST).text
    attributes = f"title={quoteattr(program.title)} engine={quoteattr(program.engine)} by={quoteattr(writer)}"
    return enclosed("program", shown, attributes)


def _tried(tag: str, tried: Try) -> str:
    outcome = tried.outcome
    attributes = f"verdict={quoteattr(outcome.verdict)}"
    if tried.by:
        attributes += f" approved_by={quoteattr(tried.by)}"
    parts = [f"<output>{escape(outcome.stdout[-_TAIL:].strip())}</output>"] if outcome.stdout.strip() else []
    if outcome.value is not None:
        parts.append(f"<value>{escape(outcome.value[:_TAIL])}</value>")
    if not outcome.passed:
        parts.append(f"<error>{escape(plain(outcome))}</error>")
    return f"<{tag} {attributes}>" + "".join(parts) + f"</{tag}>"


def _compacted(exchanges: Sequence[Exchange]) -> list[str]:
    """A line for each of the oldest requests, the first and the latest of them where they are too many."""
    lines = [escape(_line(each)) for each in exchanges]
    if len(lines) > _LINES:
        half = _LINES // 2
        middle = f"… {plural(len(lines) - 2 * half, 'request')} left out …"
        lines = [*lines[:half], middle, *lines[-half:]]
    return ["<earlier>\n" + "\n".join(lines) + "\n</earlier>"] if lines else []


def _line(exchange: Exchange) -> str:
    asked = " ".join(exchange.prompt.split())[:_LINE]
    if exchange.program is None:
        came = " ".join(exchange.answer.split())[:_LINE] or "no answer"
    else:
        came = f"program “{exchange.program.title}”"
        for name, tried in (("validation", exchange.validation), ("run", exchange.run)):
            came += f", {name} {tried.outcome.verdict}" if tried else ""
        if exchange.rejected:
            came += f", rejected: {' '.join(exchange.rejected.split())[:_LINE]}"
    return f"{exchange.author}: {asked} -> {came}"
