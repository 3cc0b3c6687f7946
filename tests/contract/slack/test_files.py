"""Files, from the bot by files_upload_v2 and from people by the composer."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.workspace import BOT_TOKEN
from tests.contract.slack.people import People, line

Json = dict[str, Any]

PNG = b"\x89PNG\r\n\x1a\nnot much of a picture"


async def test_upload_v2_goes_round(client: AsyncWebClient, people: People) -> None:
    root = (await people.say("hello"))["ts"]
    uploaded = await client.files_upload_v2(
        channel="CRAY",
        thread_ts=root,
        initial_comment="The plot",
        file_uploads=[
            {"file": PNG, "filename": "plot.png", "title": "Plot", "alt_txt": "a curve"},
            {"content": "a,b\n1,2", "filename": "data.csv"},
        ],
    )
    [message] = (await people.messages())[0]["replies"]
    assert (message["text"], message["subtype"]) == ("The plot", "file_share")
    plot, data = message["files"]
    assert [plot["id"], data["id"]] == [one["id"] for one in uploaded["files"]]
    assert (plot["title"], plot["mimetype"], plot["alt_txt"]) == ("Plot", "image/png", "a curve")
    assert (data["preview"], data["lines"]) == ("a,b\n1,2", 2)
    info = (await client.files_info(file=plot["id"]))["file"]
    assert info["shares"]["public"]["CRAY"] == [{"ts": message["ts"], "thread_ts": root}]
    assert await _get(people, plot["url_private"], Authorization=f"Bearer {BOT_TOKEN}") == (200, PNG)
    assert await _get(people, plot["url_private"], **{"Sec-Fetch-Site": "same-origin"}) == (200, PNG)
    assert await _get(people, plot["play_url"]) == (200, PNG)
    assert (await _get(people, plot["url_private"]))[0] == 403
    assert (await _get(people, plot["url_private"], Authorization="Bearer xoxb-wrong"))[0] == 403


async def test_an_upload_in_steps_can_go_wrong(client: AsyncWebClient, people: People) -> None:
    step = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    early = client.files_completeUploadExternal(files=[{"id": step["file_id"]}], channel_id="CRAY")
    with pytest.raises(SlackApiError, match="file_not_found"):
        await early
    async with people.http.post(step["upload_url"], data=b"toolong") as response:
        assert response.status == 400
    async with people.http.post(step["upload_url"], data=b"abc") as response:
        assert await response.text() == "OK - 3"
    await client.files_completeUploadExternal(files=[{"id": step["file_id"]}], channel_id="CRAY")
    with pytest.raises(SlackApiError, match="file_already_completed"):
        await client.files_completeUploadExternal(files=[{"id": step["file_id"]}], channel_id="CRAY")
    with pytest.raises(SlackApiError, match="missing required field: length"):
        await client.files_getUploadURLExternal(filename="a.txt", length=0)


async def test_people_upload(client: AsyncWebClient, people: People) -> None:
    async with line(client) as wire:
        answer = await _upload(people, text="see here")
        event = (await wire.event())["payload"]["event"]
    assert (event["subtype"], event["text"]) == ("file_share", "see here")
    [file] = event["files"]
    assert file["name"] == "notes.txt"
    got = await _get(people, file["url_private_download"], Authorization=f"Bearer {BOT_TOKEN}")
    assert got == (200, b"some notes")
    assert answer["ts"] == event["ts"]


async def test_held_files_come_with_a_message(people: People) -> None:
    held = await _upload(people, hold="1")
    assert await people.messages() == []
    await people.say("here", files=[held["files"][0]["id"]])
    [message] = await people.messages()
    assert message["files"][0]["name"] == "notes.txt"
    assert (await people.say("here", files=["FNONE"]))["error"] == "file_not_found"


async def _upload(people: People, **fields: str) -> Json:
    form = aiohttp.FormData({"user": "UENGINEER", "channel": "CRAY", **fields})
    form.add_field("file", b"some notes", filename="notes.txt", content_type="text/plain")
    async with people.http.post("/play/upload", data=form) as response:
        return await response.json()


async def _get(people: People, url: str, **headers: str) -> tuple[int, bytes]:
    async with people.http.get(url, headers=headers) as response:
        return response.status, await response.read()
