"""Spans tell what took time and how it ended, and nothing that anybody wrote."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot.wiring.tracing import exporting
from services.domain.errors import ModelUnavailable
from services.llm.interface import Reply, Usage
from services.observability import tracing
from services.policy import check
from services.supervisor.agent import Briefing, Supervisor
from services.supervisor.generator import Generator
from services.supervisor.meter import Meter
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from tests.builders import passed
from tests.fakes import FakeValidator
from tests.standins.scripted_model import ScriptedModel, calls, says

SECRET = "a-secret-of-somebody"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("tests"))
    return exporter


async def nothing(_: object) -> None: ...


async def test_model_calls_and_validations_lie_below_their_task(spans: InMemorySpanExporter):
    draft = calls("submit_program", title=SECRET, purpose=SECRET, code=f"print({SECRET!r})")
    workshop = Workshop(Generator(ScriptedModel([draft]), Profile("g")), check, FakeValidator([passed()]))
    model = ScriptedModel([calls("write_program", request=SECRET), says(SECRET)])
    with tracing.span("task", task="t_1"):
        await Supervisor(model, workshop, "s").handle(Briefing(SECRET), nothing)
    found = spans.get_finished_spans()
    assert [span.name for span in found] == ["model call", "model call", "validation", "model call", "task"]
    assert {span.parent.span_id for span in found[:-1] if span.parent} == {found[-1].context.span_id}
    assert found[2].attributes == {"raygen.verdict": "passed"}
    assert found[0].attributes["gen_ai.response.model"] == "scripted"
    assert SECRET not in "".join(span.to_json() for span in found)


async def test_an_error_is_reported_by_its_class(spans: InMemorySpanExporter):
    with pytest.raises(ModelUnavailable):
        await Meter().ask(ScriptedModel([ModelUnavailable(SECRET)]), system="", turns=[])
    (span,) = spans.get_finished_spans()
    assert (span.status.is_ok, span.status.description) == (False, "ModelUnavailable")
    assert SECRET not in span.to_json()


@pytest.fixture
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    received: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", received
        server.shutdown()
        thread.join()


async def test_spans_reach_a_collector(collector: tuple[str, list[tuple[str, bytes]]]):
    url, received = collector
    with exporting(url):
        usage = Usage(10, 5)
        await Meter().ask(
            ScriptedModel([Reply((), "end_turn", "claude-of-the-test", usage)]), system="", turns=[]
        )
    ((path, body),) = received
    assert path == "/v1/traces"
    assert b"model call" in body
    assert b"claude-of-the-test" in body
