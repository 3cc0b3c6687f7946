"""Spans around what takes time: tasks, model calls, validations and runs.

They follow OpenTelemetry, and go nowhere unless the process sets an exporter. No text of anybody is in them.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Span, StatusCode

_tracer = trace.get_tracer("raygen")


@contextmanager
def span(name: str, **attributes: str | float) -> Generator[Span]:
    """A span named `name`, below the one that is open; of an error only the class is recorded."""
    named = {f"raygen.{key}": value for key, value in attributes.items()}
    with _tracer.start_as_current_span(
        name, attributes=named, record_exception=False, set_status_on_exception=False
    ) as opened:
        try:
            yield opened
        except BaseException as error:
            opened.set_status(StatusCode.ERROR, type(error).__name__)
            raise
