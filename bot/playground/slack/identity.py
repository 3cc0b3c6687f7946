"""Identifiers and timestamps in Slack's shapes."""

import secrets
import string
import time
import uuid

_ALPHABET = string.ascii_uppercase + string.digits


def new_id(prefix: str, length: int = 10) -> str:
    """Such as `F08K2M4QX1Z`."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_uuid() -> str:
    return str(uuid.uuid4())


class Clock:
    """Message timestamps: `seconds.microseconds`, unique and increasing."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> str:
        self._last = max(int(time.time() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def after(self, ts: str) -> None:
        """Never give out `ts` or an earlier one again."""
        seconds, _, micros = ts.partition(".")
        self._last = max(self._last, int(seconds) * 1_000_000 + int(micros or 0))
