"""A target over a network: wrong tokens, nobody there, connections that break."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from yarl import URL

from services.domain.errors import TargetRefused, TargetUnavailable
from services.domain.values import Verdict
from services.execution.api import RayApi
from services.execution.embedded import EmbeddedTarget
from services.execution.following import PollIntervals
from services.execution.interface import Job, Output
from services.execution.jobs import JobsTarget
from tests.contract.execution.conftest import told
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="session")

FLOWS = """
import sys, time
for n in range(60):
    sys.stdout.write(f'{n} ☃☃☃ without an end of line;')
    sys.stdout.flush()
    time.sleep(0.05)
"""


class Proxy:
    """A TCP relay whose connections can be cut."""

    def __init__(self, address: str) -> None:
        self._to = URL(address)
        self._writers: set[asyncio.StreamWriter] = set()
        self._relays: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._to.host, self._to.port)
        self._writers |= {writer, far_writer}
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(_relay(source, sink))
            self._relays.add(task)
            task.add_done_callback(self._relays.discard)

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def aclose(self) -> None:
        self.cut()
        await asyncio.gather(*self._relays, return_exceptions=True)


async def _relay(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(4096):
            sink.write(data)
            await sink.drain()
    sink.close()


@asynccontextmanager
async def proxied(address: str) -> AsyncGenerator[tuple[str, Proxy]]:
    proxy = Proxy(address)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", proxy
    finally:
        server.close()
        await proxy.aclose()


@asynccontextmanager
async def jobs_at(
    address: str, token: str | None, intervals: PollIntervals | None = None
) -> AsyncGenerator[JobsTarget]:
    target = JobsTarget(RayApi(address, token=token), intervals=intervals)
    try:
        yield target
    finally:
        await target.aclose()


async def test_output_survives_broken_connections_without_loss_or_doubles(embedded: EmbeddedTarget) -> None:
    async with (
        proxied(embedded.address) as (address, proxy),
        jobs_at(address, embedded.token, PollIntervals(retry=0.1, unreachable_after=PATIENCE)) as target,
    ):
        await target.submit(Job("flows", FLOWS))
        text, portions = "", 0
        async with asyncio.timeout(PATIENCE):
            async for event in target.follow("flows"):
                if isinstance(event, Output):
                    text, portions = text + event.text, portions + 1
                    if portions % 5 == 2:
                        proxy.cut()
                else:
                    last = event
        assert text == "".join(f"{n} ☃☃☃ without an end of line;" for n in range(60))
        assert portions > 10
        assert last.outcome.stdout == text  # type: ignore[union-attr]  # the last event is Finished


@pytest.mark.parametrize(
    ("token", "sentence"), [("wrong", "wrong or has expired"), (None, "requires a token")]
)
async def test_a_wrong_or_missing_token_is_named_as_that(
    embedded: EmbeddedTarget, token: str | None, sentence: str
) -> None:
    async with jobs_at(embedded.address, token) as target:
        with pytest.raises(TargetRefused, match=sentence):
            await target.submit(Job("no-token", "pass"))
        with pytest.raises(TargetRefused, match=sentence):
            await target.stop("no-token")
        outcome = (await told(target, "no-token")).outcome
        assert outcome.verdict is Verdict.UNAVAILABLE
        assert sentence in (outcome.detail or "")
        readiness = await target.readiness()
        assert not readiness.ready
        assert sentence in readiness.missing


async def test_a_target_that_is_down_is_a_sentence(unused_tcp_port: int) -> None:
    async with jobs_at(
        f"http://127.0.0.1:{unused_tcp_port}", None, PollIntervals(unreachable_after=0.2, retry=0.1)
    ) as target:
        with pytest.raises(TargetUnavailable, match="can't be reached"):
            await target.submit(Job("down", "pass"))
        outcome = (await told(target, "down")).outcome
        assert outcome.verdict is Verdict.UNAVAILABLE
        assert "can't be reached" in (outcome.detail or "")
        assert not (await target.readiness()).ready


async def test_nothing_in_the_environment_redirects_a_target(
    embedded: EmbeddedTarget, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = f"http://127.0.0.1:{unused_tcp_port}"
    for name in ("RAY_ADDRESS", "RAY_API_SERVER_ADDRESS", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, elsewhere)
    monkeypatch.setenv("RAY_AUTH_TOKEN", "wrong")
    async with jobs_at(embedded.address, embedded.token) as target:
        assert (await target.readiness()).ready


async def test_metadata_and_an_entrypoint_without_user_text_are_on_the_dashboard(
    embedded: EmbeddedTarget,
) -> None:
    job = Job("shown", "print('$(id) `id` \\u2603')\n", {"title": 'a; b "c"', "raygen_task": "t_1"})
    async with jobs_at(embedded.address, embedded.token) as target:
        assert await target.submit(job)
        assert (await told(target, "shown")).text == "$(id) `id` ☃\n"
        body = await target._api._json("GET", "/api/jobs/shown")
        assert body["metadata"]["title"] == 'a; b "c"'
        assert body["metadata"]["raygen_task"] == "t_1"
        assert "id`" not in body["entrypoint"]
