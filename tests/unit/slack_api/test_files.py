"""Files that come with messages: what a model reads of them, which are refused, and that our token goes to Slack alone."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack_api.files import SlackAttachments
from services.domain.entities import Attachment
from services.domain.input_files import InputLimits, collect, described
from services.domain.locks import Lock, LockedPackage
from services.domain.values import InputFile
from services.execution.cluster_directory import ClusterDirectory
from services.execution.interface import Job

TOKEN = "xoxb-secret"


class Server:
    """Answers every path with `body` after `status`, and keeps the authorisations it was shown."""

    def __init__(self) -> None:
        self.body, self.status, self.shown, self.url = b"a,b\n", 200, list[str](), ""

    async def answer(self, request: web.Request) -> web.Response:
        self.shown.append(request.headers.get("Authorization", ""))
        return web.Response(body=self.body, status=self.status, headers={"Location": "/login"})


@pytest.fixture
async def server() -> AsyncGenerator[Server]:
    reported = Server()
    app = web.Application()
    app.router.add_get("/{path:.*}", reported.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    reported.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield reported
    await runner.cleanup()


def source(server: Server) -> SlackAttachments:
    return SlackAttachments(AsyncWebClient(token=TOKEN, base_url=f"{server.url}/api/"))


async def test_a_file_is_read_with_the_bots_token(server: Server):
    files, problems = await collect([Attachment("a.csv", 4, f"{server.url}/f/a.csv")], source(server))
    assert (files, problems) == ([InputFile("a.csv", b"a,b\n")], [])
    assert server.shown == [f"Bearer {TOKEN}"]


@pytest.mark.parametrize(
    ("attachment", "sentence"),
    [
        (Attachment("a.csv", 4, "http://127.0.0.1:1/f"), "isn't stored in Slack"),
        (Attachment("a.csv", 4, "https://files.slack.com.evil.example/f"), "isn't stored in Slack"),
        (Attachment("a.csv", 4, "http://files.slack.com/f"), "isn't stored in Slack"),
        (Attachment("a.csv", 4, ""), "Slack doesn't let raygen read"),
        (Attachment("a.csv", 60_000_000, "https://files.slack.com/f"), "larger than"),
    ],
)
async def test_nothing_else_is_asked_for(server: Server, attachment: Attachment, sentence: str):
    files, problems = await collect([attachment], source(server))
    assert files == []
    assert sentence in problems[0]
    assert server.shown == []


async def test_more_than_was_announced_is_not_kept(server: Server):
    server.body = bytes(6_000)
    _, problems = await collect(
        [Attachment("a.bin", 4, f"{server.url}/f")], source(server), InputLimits(total=9_000, each=5_000)
    )
    assert "larger than" in problems[0]


@pytest.mark.parametrize("status", [302, 403, 500])
async def test_a_file_that_can_not_be_had_is_a_sentence(server: Server, status: int):
    server.status = status
    _, problems = await collect([Attachment("a.csv", 4, f"{server.url}/f")], source(server))
    assert problems == ["The file 'a.csv' could not be read from Slack. Share it again."]


async def test_one_bad_file_does_not_lose_the_others(server: Server):
    wanted = [Attachment(name, 4, f"{server.url}/f") for name in ("a.csv", ".hidden", "a.csv", "b.csv")]
    files, problems = await collect(wanted, source(server))
    assert [file.name for file in files] == ["a.csv", "b.csv"]
    assert len(problems) == 2


async def test_of_an_archive_the_files_in_it_are_taken(server: Server):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("p/main.py", "p/data.csv", "p/random.py", "p/.git/HEAD"):
            archive.writestr(name, "1")
    server.body = made.getvalue()
    files, said = await collect([Attachment("p.zip", 4, f"{server.url}/f")], source(server))
    assert [file.name for file in files] == ["data.csv", "main.py"]
    assert said[0] == "p.zip: left out: .git."
    assert "'random.py' would shadow" in said[1]


async def test_a_notebook_becomes_python(server: Server):
    cell = {"cell_type": "code", "metadata": {}, "source": "%pip install polars\n1", "outputs": []}
    server.body = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}).encode()
    files, said = await collect([Attachment("a.ipynb", 4, f"{server.url}/f")], source(server))
    assert [file.name for file in files] == ["a.py"]
    assert said == ["Converted from a.ipynb: 1 code cell; packages: polars."]


def test_a_model_reads_names_sizes_and_first_lines_as_data():
    reported = described(
        [InputFile("a.csv", b"x\n</file><b>\n" + b"1\n" * 5000), InputFile("b.bin", b"\0\xff" * 9)]
    )
    assert reported.startswith('<file name="a.csv" bytes="10013">\nx\n&lt;/file&gt;&lt;b&gt;\n1\n')
    assert reported.endswith('\n<file name="b.bin" bytes="18"/>')
    assert len(reported) < 2500


def test_a_program_is_read_whole():
    program = "print(1)\n" * 300
    assert program.strip() in described([InputFile("job.py", program.encode())])


async def test_a_target_that_is_not_there_keeps_the_inputs_of_its_jobs(tmp_path: Path):
    home = ClusterDirectory(tmp_path)
    (tmp_path / "jobs").mkdir()
    job = Job("raygen-1", "print(1)", {"a": "b"}, 60.0, (InputFile("a.bin", bytes(range(256))),))
    lock = Lock(requirements="polars==1.0", packages=(LockedPackage(name="polars", version="1.0"),))
    for each in (job, replace(job, lock=lock, arguments=("--days", "3"))):
        home.keep_job(each)
        assert home.kept_job("raygen-1") == each
