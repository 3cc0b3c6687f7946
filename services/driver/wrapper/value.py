"""The value of a last expression as text and as a table, without ever blocking its program."""

from __future__ import annotations

import _thread
import contextlib
import contextvars
from collections.abc import Callable
from typing import Any

from .tables import described
from .text import Facts, shortened, tellable

_REPR_LIMIT = 10.0


def facts_of(value: Any, shown: Facts | None) -> Facts:
    """`value` as its repr, and `table` where it is one, or where there is none but `shown`, which the program printed."""
    facts: Facts = {}
    if value is not None:
        facts["value"] = patiently(lambda: tellable(shortened(_repr(value))), _unshown(value))
    table = shown if value is None else patiently(lambda: described(value), None)
    if table is not None:
        facts["table"] = table
    return facts


def _repr(value: Any) -> str:
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001  # the program itself never asked for it
        return f"{_unshown(value)}: its repr raised {type(error).__name__}"


def _unshown(value: Any) -> str:
    return f"a {type(value).__name__} that can't be shown"


def patiently(work: Callable[[], Any], otherwise: Any) -> Any:
    """What `work` gives, unless it fails or takes too long; then it is left alone, and ends with the process."""
    results = [otherwise]
    done = _thread.allocate_lock()
    done.acquire()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            with contextlib.suppress(BaseException):
                results[0] = context.run(work)
        finally:
            done.release()

    try:
        _thread.start_new_thread(run, ())
    except RuntimeError:  # no more threads to be had
        return otherwise
    done.acquire(timeout=_REPR_LIMIT)
    return results[0]
