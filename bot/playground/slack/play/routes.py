"""The user-side API as a table, and how its answers and refusals travel."""

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.playground.slack.errors import PlayError, SlackError
from bot.playground.slack.play import forms, interactions, live, messages, reads, steps, testing
from bot.playground.slack.play.client import SlackClient
from bot.playground.slack.socket import Unanswered

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call; with a `model` its body is JSON of that shape, without one it reads the request itself.

    An action that is no coroutine runs in one transaction: what it changed and the events about it
    become durable together.
    """

    method: str
    path: str
    action: Callable[..., Awaitable[Json | web.StreamResponse] | Json]
    model: type[BaseModel] | None = None

    @property
    def at_once(self) -> bool:
        return not iscoroutinefunction(self.action)

    @property
    def asks_bot(self) -> bool:
        """Whether its answer needs the bot's acknowledgement."""
        return self.model is not None and not self.at_once


ENDPOINTS = (
    Endpoint("POST", "/play/message", messages.message, messages.Message),
    Endpoint("POST", "/play/command", interactions.command, interactions.Command),
    Endpoint("POST", "/play/click", interactions.click, interactions.Click),
    Endpoint("POST", "/play/submit", forms.submit, forms.Submit),
    Endpoint("POST", "/play/close", forms.close, forms.Close),
    Endpoint("POST", "/play/options", interactions.options, interactions.Options),
    Endpoint("POST", "/play/shortcut", interactions.shortcut, interactions.Shortcut),
    Endpoint("POST", "/play/edit", messages.edit, messages.Edit),
    Endpoint("POST", "/play/delete", messages.delete, messages.Delete),
    Endpoint("POST", "/play/stop", messages.stop, messages.Stop),
    Endpoint("POST", "/play/react", messages.react, messages.Reaction),
    Endpoint("POST", "/play/upload", messages.upload),
    Endpoint("POST", "/play/members", messages.members, messages.Membership),
    Endpoint("POST", "/play/uninstall", messages.uninstall, messages.Uninstall),
    Endpoint("POST", "/play/home", forms.home, forms.Home),
    Endpoint("POST", "/play/assistant", forms.assistant, forms.Assistant),
    Endpoint("POST", "/play/assistant/context", forms.look, forms.Look),
    Endpoint("POST", "/play/step", steps.run, steps.Step),
    Endpoint("GET", "/play/step/{execution}", steps.outcome),
    Endpoint("GET", "/play/channel/{channel}", reads.channel),
    Endpoint("GET", "/play/views/{user}", reads.views),
    Endpoint("GET", "/play/file/{file}", reads.file),
    Endpoint("GET", "/play/state", reads.workspace),
    Endpoint("GET", "/play/ready", reads.ready),
    Endpoint("GET", "/play/events", live.events),
    Endpoint("POST", "/play/redeliver", testing.redeliver, testing.Redeliver),
    Endpoint("POST", "/play/disconnect", testing.disconnect, testing.Disconnect),
    Endpoint("POST", "/play/faults", testing.faults, testing.Faults),
)


def routes(client: SlackClient) -> list[web.RouteDef]:
    return [
        web.get("/play", _index),
        *(web.route(one.method, one.path, _handler(client, one)) for one in ENDPOINTS),
    ]


async def _index(_request: web.Request) -> web.Response:
    listed = [
        {"method": one.method, "path": one.path, "does": first_sentence(one), "body": _fields(one)}
        for one in ENDPOINTS
    ]
    return web.json_response({"endpoints": listed})


def first_sentence(endpoint: Endpoint) -> str:
    """What `GET /play` says about it: the first paragraph of the handler's docstring."""
    return " ".join((endpoint.action.__doc__ or "").split("\n\n")[0].split())


def _fields(endpoint: Endpoint) -> Json:
    fields = endpoint.model.model_fields if endpoint.model else {}
    return {name: "required" if field.is_required() else "optional" for name, field in fields.items()}


def _handler(client: SlackClient, endpoint: Endpoint) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            argument = await _argument(endpoint, request)
            if endpoint.asks_bot:
                await client.socket.connected()
            with client.state.transaction() if endpoint.at_once else nullcontext():
                answer = endpoint.action(client, argument)
            if not isinstance(answer, dict):
                answer = await answer
        except (PlayError, SlackError, Unanswered) as refusal:
            return _refusal(refusal)
        return web.json_response(answer) if isinstance(answer, dict) else answer

    return handle


async def _argument(endpoint: Endpoint, request: web.Request) -> BaseModel | web.Request:
    if endpoint.model is None:
        return request
    try:
        return endpoint.model.model_validate_json(await request.read() or b"{}")
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"])) or "the body"
        raise PlayError(400, "invalid_arguments", f"{where}: {problem['msg']}.") from error


def _refusal(refusal: PlayError | SlackError | Unanswered) -> web.Response:
    match refusal:
        case PlayError():
            status, message, extra = refusal.status, refusal.message, refusal.extra
        case Unanswered():
            status, message = 504, "The bot did not answer in time."
            extra = {"envelope_id": refusal.envelope_id}
        case SlackError():
            status = 404 if refusal.code.endswith("_not_found") else 400
            message, extra = refusal.code.replace("_", " ").capitalize() + ".", refusal.extra
    body = {"ok": False, "error": refusal.code, "message": message, **extra}
    return web.json_response(body, status=status)
