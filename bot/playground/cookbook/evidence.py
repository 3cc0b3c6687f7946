"""Reads what the product's generator and supervisor write into their messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from bot.playground.cookbook.dialogue import Turn

REWORK = "Write this program anew"
_PROPOSAL = re.compile(r"\[proposal: (?P<title>[^\]\n]+)\]")
_OUTPUT = re.compile(r"<output>(?P<output>.*?)</output>", re.DOTALL)


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
    return None


def last_output(turns: Sequence[Turn]) -> str | None:
    """What the thread's latest run printed, None when nothing was run."""
    for turn in reversed(turns):
        if turn.role == "assistant" and (found := _OUTPUT.findall(turn.text)):
            return str(found[-1]).strip()
    return None


def _said(turn: Turn) -> str:
    return "\n".join([turn.text, *(result.text for result in turn.results)])


def _tagged(tag: str, text: str) -> str:
    found = re.search(rf"<{tag}>\n?(.*?)\n?</{tag}>", text, re.DOTALL)
    return found[1] if found else ""
