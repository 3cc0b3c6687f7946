"""Reads what the product's generator and supervisor write into their messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from bot.playground.cookbook.dialogue import Turn

REWORK = "Write this program again, in a different way"
_PROPOSAL = re.compile(r"\[proposal: (?P<title>[^\]\n]{1,300})\]")
_AROUND = re.compile(
    r"\A(?:<(earlier|record)>(?:(?!</?\1>).)*</\1>\s*)+"
    r"|(?:\n\n<(asked_by|thread_files)>(?:(?!</?\2>).)*</\2>\s*+)+\Z",
    re.DOTALL,
)
_PROGRAM = re.compile(r"<program title=([\"'])(.*?)\1")
_RUN = re.compile(r"<run [^<>]*>[^<]*+(?:<(?!/?run[ >])[^<]*+)*</run>")
_OUTPUT = re.compile(r"<output>(?P<output>[^<]*+(?:<(?!/?output>)[^<]*+)*)</output>")


@dataclass(frozen=True, slots=True)
class Commission:
    """What the generator is asked for: the request, the program it may change, and all errors so far."""

    request: str
    current: str = ""
    errors: tuple[str, ...] = ()

    @property
    def anew(self) -> bool:
        """Whether a program is wanted that differs from the one before."""
        return REWORK in self.request


def commission(turns: Sequence[Turn]) -> Commission:
    first, *later = turns
    return Commission(
        request=_tagged("request", first.text) or first.text,
        current=_tagged("current_program", first.text),
        errors=tuple(unescape(_said(turn)) for turn in later if turn.role == "user"),
    )


def last_title(turns: Sequence[Turn]) -> str | None:
    """The title of the latest program in the thread, None when there is none."""
    for turn in reversed(turns):
        if turn.role == "assistant" and (found := _PROPOSAL.findall(turn.text)):
            return str(found[-1])
        if turn.role == "user" and (kept := _PROGRAM.findall(turn.text)):
            return unescape(str(kept[-1][1]))
    return None


def last_output(turns: Sequence[Turn]) -> str | None:
    """What the thread's latest run printed, None when nothing was run."""
    for turn in reversed(turns):
        runs = [_OUTPUT.search(run) for run in _RUN.findall(turn.text)]
        if found := [run["output"] for run in runs if run]:
            return unescape(str(found[-1])).strip()
    return None


def newest_request(text: str) -> str:
    """What the person asks, without what the product tells of the thread before it and of its files after it."""
    return _AROUND.sub("", text).strip()


def _said(turn: Turn) -> str:
    return "\n".join([turn.text, *(result.text for result in turn.results)])


def _tagged(tag: str, text: str) -> str:
    found = re.search(rf"<{tag}>\n?(.*?)\n?</{tag}>", text, re.DOTALL)
    return found[1] if found else ""
