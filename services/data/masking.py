"""Masks values so that their shape stays: a letter becomes a letter, a digit a digit, the same value always the same mask.

The mask of a value depends on the value and a key that is stored apart from all samples, so that joins of samples work and
nobody can find a value by masking guesses.
"""

from __future__ import annotations

import calendar
import datetime as dt
import hmac
import re
import string
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from services.data import detection

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)((?:[T ]\d\d:\d\d.{0,40})?)")
_HEX = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32,128}", re.IGNORECASE)
_NO_DIGIT = re.compile(r"[^0-9]")
_DIGIT = re.compile(r"[0-9]")
_TRIES = 16


class Masker:
    """Masks single values. `key` has at least 16 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("the key has fewer than 16 bytes")
        self._key = key

    def text(self, value: str) -> str:
        """A whole text: an address stays one, a date a date of its year, hexadecimal digits such ones; else letters and digits."""
        if detection.is_email(value):
            return self.email(value)
        if detection.is_card(value):
            return self.card(value)
        if date := _DATE.fullmatch(value):
            return self._date_text(date)
        return self._scrambled(value, string.hexdigits[:16] if _HEX.fullmatch(value) else "")

    def found(self, text: str, kind: str) -> str:
        """A part of a text that is of this kind."""
        if kind == detection.EMAIL:
            return self.email(text)
        return self.card(text) if kind == detection.CARD else self.text(text)

    def email(self, value: str) -> str:
        """An address whose parts depend on those of the original; no mail reaches its domain, which ends in `.example`."""
        local, _, domain = value.rpartition("@")
        return f"{self._scrambled(local)}@{self._scrambled(domain.rpartition('.')[0])}.example"

    def card(self, value: str) -> str:
        """A number with the same first digit and as many others, and a right check digit."""
        digits = _NO_DIGIT.sub("", value)
        for stream in self._streams("card", digits):
            inner = "".join(str(next(stream) % 10) for _ in digits[1:-1])
            made = digits[0] + inner + detection.check_digit(digits[0] + inner)
            if made != digits:
                break
        else:
            made = "0" * len(digits)
        rest = iter(made)
        return "".join(next(rest) if char in string.digits else char for char in value)

    def integer(self, value: int, low: int | None = None, high: int | None = None) -> int:
        """A number with as many digits, the same as `text` makes of these, within the limits of its type."""
        if detection.is_card(str(value)):
            return int(self.card(str(value)))
        sign = -1 if value < 0 else 1
        for attempt in range(_TRIES):
            made = sign * int(self._scrambled(str(abs(value)), salt=attempt))
            if (low is None or made >= low) and (high is None or made <= high):
                return made
        return 0

    def real(self, value: float) -> float:
        """A number of the same sign and size."""
        if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124  # NaN
            return value
        return float(self._number(repr(value)))

    def decimal(self, value: Decimal) -> Decimal:
        """A number with as many digits before and after the point."""
        return Decimal(self._number(str(value))) if value.is_finite() else value

    def date(self, value: dt.date) -> dt.date:
        """Another day of the same year."""
        first, days = dt.date(value.year, 1, 1), 366 if calendar.isleap(value.year) else 365
        for stream in self._streams("date", value.isoformat()):
            made = first + dt.timedelta(days=(next(stream) * 256 + next(stream)) % days)
            if made != value:
                return made
        return first

    def offset(self, name: str, span: int) -> int:
        """A number from 1 to `span`, the same for the same text."""
        stream = next(self._streams("offset", name))
        return 1 + sum(next(stream) << (8 * place) for place in range(8)) % span

    def binary(self, value: bytes) -> bytes:
        """As many other bytes."""
        stream = next(self._streams("binary", value.hex()))
        return bytes(next(stream) for _ in value)

    def _date_text(self, date: re.Match[str]) -> str:
        try:
            made = self.date(dt.date(int(date[1]), int(date[2]), int(date[3])))
        except ValueError:
            return self._scrambled(date[0])
        rest = date[4]
        clock = (
            f"{rest[0]}{self.offset(rest, 24) - 1:02}:{self.offset(rest + 'm', 60) - 1:02}" if rest else ""
        )
        return f"{made.isoformat()}{clock}{_DIGIT.sub('0', rest[6:]) if rest[6:7] == ':' else rest[6:]}"

    def _number(self, text: str) -> str:
        mantissa, mark, exponent = text.partition("e" if "e" in text else "E")
        return self._scrambled(mantissa) + mark + exponent

    def _scrambled(self, value: str, letters: str = "", salt: int = 0) -> str:
        """Other letters and digits at the same places. Case and what is between them make no difference for which."""
        lower = value.lower()
        same_places = lower if len(lower) == len(value) else value
        core = "".join(char for char in same_places if char.isalnum())
        if not core:
            return "*" * len(value)
        number = core.isascii() and core.isdigit()
        for stream in self._streams(f"text{salt or ''}", core):
            made = [_other(char, stream, letters) for char in core]
            if number and core[0] != "0":
                made[0] = "123456789"[next(stream) % 9]
            if made != list(core):
                rest = iter(made)
                return "".join(
                    (_cased(char, next(rest)) if same.isalnum() else char)
                    for char, same in zip(value, same_places, strict=True)
                )
        return "*" * len(value)

    def _streams(self, purpose: str, value: str) -> Iterator[Iterator[int]]:
        """Bytes that depend on the key and the value; others with each further one, for a mask that equals its value."""
        for attempt in range(_TRIES):
            yield self._bytes(f"{purpose}\0{attempt}\0{value}".encode("utf-8", "surrogatepass"))

    def _bytes(self, message: bytes) -> Iterator[int]:
        block = 0
        while True:
            yield from hmac.digest(self._key, block.to_bytes(4, "big") + message, "sha256")
            block += 1


def _other(char: str, stream: Iterator[int], letters: str) -> str:
    if char in string.digits:
        return string.digits[next(stream) % 10]
    if letters:
        return letters[10 + next(stream) % 6]
    return string.ascii_lowercase[next(stream) % 26]


def _cased(original: str, made: str) -> str:
    return made.upper() if original.isupper() else made


def masked_scalar(masker: Masker, value: Any) -> Any:
    """A value as JSON or Python has it; false for a boolean, which has no mask, and None for containers."""
    match value:
        case str():
            return masker.text(value)
        case bytes():
            return masker.binary(value)
        case bool():
            return False
        case int() | float() | Decimal():
            return _masked_number(masker, value)
        case dt.date() | dt.time() | dt.timedelta():
            return _masked_time(masker, value)
        case _:
            return None


def _masked_number(masker: Masker, value: float | Decimal) -> Any:
    if isinstance(value, int):
        return masker.integer(value)
    return masker.real(value) if isinstance(value, float) else masker.decimal(value)


def _masked_time(masker: Masker, value: dt.date | dt.time | dt.timedelta) -> Any:
    if isinstance(value, dt.timedelta):
        return dt.timedelta(seconds=masker.offset(str(value), max(1, int(abs(value.total_seconds())) * 2)))
    clock = dt.timedelta(seconds=masker.offset(value.isoformat(), 86_400) - 1)
    if isinstance(value, dt.time):
        return (dt.datetime(2000, 1, 1, tzinfo=dt.UTC) + clock).time().replace(tzinfo=value.tzinfo)
    if not isinstance(value, dt.datetime):
        return masker.date(value)
    day = masker.date(value.date())
    return dt.datetime(day.year, day.month, day.day, tzinfo=value.tzinfo) + clock
