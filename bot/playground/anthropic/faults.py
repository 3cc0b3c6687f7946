"""Everything that can go wrong between an answer and its reader, as values that a script can hold."""

from __future__ import annotations

from dataclasses import dataclass

from bot.playground.cookbook.dialogue import Answer, Say

_SOMETHING = Answer((Say("Let me think about that for a moment, then I will answer in full."),))


@dataclass(frozen=True, slots=True)
class HttpError:
    """A refusal before the first byte, such as 401, 413, 429, 503 or 529; `retry_after` in seconds."""

    status: int
    message: str = "The stand-in refuses this, as it was set to."
    kind: str | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class ErrorEvent:
    """An `error` event in the middle of a stream, after `after` events of `answer`."""

    kind: str = "overloaded_error"
    message: str = "Overloaded"
    after: int = 5
    answer: Answer = _SOMETHING


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset after `after` events of `answer`; 0 is before the first byte."""

    after: int = 5
    answer: Answer = _SOMETHING


@dataclass(frozen=True, slots=True)
class Stall:
    """Nothing comes for `seconds` after `after` events of `answer`, 0 being before the headers; then the rest does."""

    seconds: float
    after: int = 5
    answer: Answer = _SOMETHING


@dataclass(frozen=True, slots=True)
class Cut:
    """The stream ends in good order, but without its last `missing` events; 1 is only `message_stop`."""

    missing: int = 2
    answer: Answer = _SOMETHING


Fault = HttpError | ErrorEvent | Reset | Stall | Cut
