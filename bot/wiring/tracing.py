"""Where the spans go: to a collector that speaks OTLP over HTTP, when the settings name one."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


@contextmanager
def exporting(endpoint: str | None) -> Generator[None]:
    """Export to `endpoint`, such as `http://localhost:4318/v1/traces`, until the end; None exports nothing."""
    if endpoint is None:
        yield
        return
    provider = TracerProvider(resource=Resource({"service.name": "raygen"}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, timeout=5)))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()
