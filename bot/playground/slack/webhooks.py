"""Response URLs and uploads: the bot's traffic outside the Web API."""

import json
from typing import Any, cast

from aiohttp import web

from bot.playground.slack.api import refused
from bot.playground.slack.blockkit.check import message_blocks
from bot.playground.slack.distribution import Apps
from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.author import author
from bot.playground.slack.rules import Rules
from bot.playground.slack.state import State

Json = dict[str, Any]


class Webhooks:
    def __init__(self, state: State, rules: Rules, apps: Apps) -> None:
        self._apps = apps
        self._state = state
        self._rules = rules

    async def respond(self, request: web.Request) -> web.Response:
        """`POST /actions/…`: an answer to a command or an interaction."""
        try:
            body = json.loads(await request.text())
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        if not isinstance(body, dict):
            return web.Response(status=400, text="invalid_payload")
        with self._state.transaction():
            hook = self._state.grants.use_hook(request.match_info["key"])
            if hook is None:
                return web.json_response({"ok": False, "error": "used_url"}, status=404)
            try:
                self.answer(hook, cast("Json", body))
            except SlackError as refusal:
                return web.json_response(refused(refusal), status=400)
        return web.Response(text="ok", content_type="text/html")

    def answer(self, place: Json, body: Json) -> None:
        """Post, replace or delete; without `response_type` only the user sees it."""
        original = self._original(place)
        if body.get("delete_original"):
            self._delete(place, original)
            return
        fields = self._fields(body)
        if body.get("replace_original") and original:
            self._replace(place, original, fields)
            return
        said = {
            "text": "",
            **author(self._state.workspace),
            **{k: v for k, v in fields.items() if v is not None},
        }
        # Slack does not answer in the thread of the click by itself: the answer has to name it.
        if thread_ts := body.get("thread_ts"):
            said["thread_ts"] = thread_ts
        if body.get("response_type") == "in_channel":
            self._state.messages.post(place["channel"], said)
        else:
            self._state.ephemerals.post(place["channel"], place["user"], said)

    def _fields(self, body: Json) -> Json:
        fields: Json = {}
        if body.get("text") is not None:
            fields["text"] = str(body["text"])
        if body.get("blocks") is not None:
            fields["blocks"] = message_blocks(body["blocks"], self._rules) or None
        if body.get("attachments") is not None:
            fields["attachments"] = body["attachments"] or None
        if not any(fields.values()):
            raise SlackError("no_text")
        return fields

    def _original(self, place: Json) -> Json | None:
        if not place.get("ts"):
            return None
        if place.get("is_ephemeral"):
            return self._state.ephemerals.find(place["channel"], place["ts"])
        return self._state.messages.find(place["channel"], place["ts"])

    def _replace(self, place: Json, original: Json, fields: Json) -> None:
        # Unlike chat.update, a response replaces the message as a whole.
        whole = {"text": "", "blocks": None, "attachments": None, **fields}
        if place.get("is_ephemeral"):
            self._state.ephemerals.change(original, whole)
        else:
            self._state.messages.change(place["channel"], original["ts"], whole)

    def _delete(self, place: Json, original: Json | None) -> None:
        if original is None:
            raise SlackError("message_not_found")
        if place.get("is_ephemeral"):
            self._state.ephemerals.remove(original)
        else:
            self._state.messages.remove(place["channel"], original["ts"])

    async def upload(self, request: web.Request) -> web.Response:
        """`POST /upload/v1/{secret}`: the bytes of a file, raw or as a form field."""
        files = self._state.files
        secret = request.match_info["secret"]
        file = next((one for one in files.all.values() if one["secret"] == secret), None)
        if file is None or file["completed"]:
            return web.Response(status=404, text="not found")
        body = await _bytes(request)
        if len(body) != file["size"]:
            return web.Response(status=400, text=f"expected {file['size']} bytes, got {len(body)}")
        with self._state.transaction():
            files.store(file, body)
        return web.Response(text=f"OK - {len(body)}")

    async def download(self, request: web.Request) -> web.Response:
        """`GET /files-pri/{team}-{id}/{name}`: with the bot's token, or from the page itself."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        from_page = request.headers.get("Sec-Fetch-Site") in ("same-origin", "none")
        team, app = self._state.workspace.team, self._rules.installed
        known = {*self._apps.of_team(team), *self._apps.of_team(self._apps.organization(team))}
        reads = app is None or "files:read" in app.scopes
        allowed = (scheme == "Bearer" and token in known and reads) if scheme else from_page
        if not allowed:
            return web.Response(
                status=403, text="A private file needs the bot's token; see also its play_url."
            )
        return serve_file(self._state, request.match_info["file"].partition("-")[2], request)


def serve_file(state: State, identity: str, request: web.Request) -> web.Response:
    """The bytes of a file, inert: a page in it never runs in the playground's origin."""
    file, body = state.files.all.get(identity), state.files.body(identity)
    if file is None or body is None:
        return web.Response(status=404, text="There is no such file.")
    shown = file["mimetype"].startswith(("image/", "text/plain")) and "download" not in request.query
    name = file["name"].replace('"', "").replace("\r", "").replace("\n", "")
    headers = {
        "Content-Type": file["mimetype"],
        "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=body, headers=headers)


async def _bytes(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    for value in (await request.post()).values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""
