"""The Messages API as an aiohttp application: reads, checks, answers from the script or the cookbook, delivers."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import socket
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

from aiohttp import web

from bot.playground.anthropic import answering, bedrock, delivery, errors, events, models, rules, usage
from bot.playground.anthropic.errors import ApiError
from bot.playground.anthropic.faults import HttpError, Reset, Stall
from bot.playground.anthropic.schema import CountRequest, MessagesRequest
from bot.playground.anthropic.script import Script
from bot.playground.cookbook import answer as answer_from_cookbook
from bot.playground.cookbook.dialogue import Answer, Dialogue, Say

Json = dict[str, Any]
Answering = Callable[[Dialogue], Answer]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_REQUEST_ID = web.RequestKey("request_id", str)
MAX_BODY = 32 * 1024**2
MAX_REMEMBERED = 500
_log = logging.getLogger(__name__)


class ModelStandIn:
    """Answers as the Messages API does; `requests` holds the bodies of the latest `/v1/messages` calls.

    `pace` is about how many seconds the streaming of one answer takes. Scripted items go first.
    """

    def __init__(
        self,
        *,
        cookbook: Answering = answer_from_cookbook,
        pace: float = 0.06,
        script: Script | None = None,
    ) -> None:
        self.url = ""
        self.script = Script() if script is None else script
        self.requests: deque[Json] = deque(maxlen=MAX_REMEMBERED)
        self._cookbook = cookbook
        self._pace = pace
        self._caches: defaultdict[str, usage.PromptCache] = defaultdict(usage.PromptCache)
        self._received = 0
        self._paused: set[str] = set()
        self._arrival = asyncio.Condition()

    @asynccontextmanager
    async def serve(self, port: int = 0, *, bound: socket.socket | None = None) -> AsyncGenerator[Self]:
        """Serve on loopback, or on the socket `bound`; `url` is the SDK's `base_url`. Raises OSError when the port is taken."""
        runner = web.AppRunner(self._app(), handler_cancellation=True, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        try:
            site = web.SockSite(runner, bound) if bound else web.TCPSite(runner, "127.0.0.1", port)
            await site.start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield self
        finally:
            await runner.cleanup()

    async def received(self, times: int = 1) -> None:
        """Return once so many calls of `/v1/messages` have come in since the beginning."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: self._received >= times)

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=MAX_BODY, middlewares=[_identify, _as_errors, _authenticate])
        app.router.add_post("/v1/messages", self._messages)
        app.router.add_post("/v1/messages/count_tokens", self._count)
        app.router.add_post("/anthropic/v1/messages", self._mantle)
        app.router.add_post("/model/{model}/invoke", self._bedrock)
        app.router.add_post("/model/{model}/invoke-with-response-stream", self._bedrock)
        app.router.add_get("/v1/models", _models)
        app.router.add_get("/v1/models/{name}", _model)
        return app

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, await _json(request))

    async def _mantle(self, request: web.Request) -> web.StreamResponse:
        """The same by Bedrock's Mantle, which differs in who may ask and in what models are called."""
        bedrock.authorise(request)
        payload = await _json(request)
        try:
            payload = {**payload, "model": models.on_bedrock(str(payload.get("model")))}
        except ApiError:
            raise ApiError(404, f"model: {payload.get('model')}") from None
        return await self._answer(request, payload)

    async def _bedrock(self, request: web.Request) -> web.StreamResponse:
        """The same by Bedrock's classic runtime, with its own form of refusals."""
        try:
            bedrock.authorise(request)
            stream = request.path.endswith("stream")
            payload = bedrock.request_of(await _json(request), request.match_info["model"], stream=stream)
            return await self._answer(request, payload)
        except ApiError as error:
            return bedrock.refusal(error)

    async def _answer(self, request: web.Request, payload: Any) -> web.StreamResponse:
        await self._note(payload)
        item = self.script.take()
        if isinstance(item, HttpError):
            raise ApiError(item.status, item.message, kind=item.kind, retry_after=item.retry_after)
        asked = rules.read(MessagesRequest, self._resumed(payload))
        if item is None or callable(item):
            item = (item or self._cookbook)(answering.dialogue(asked))
        answer = item if isinstance(item, Answer) else item.answer
        if answer.stop_reason == "pause_turn":
            self._paused.add(_prose(answer))
        message = answering.message(asked, answer, self._caches[_service(request)].count(asked))
        if not asked.stream:
            return await _at_once(request, message, item)
        sequence, request_id = list(events.grammar(message)), request[_REQUEST_ID]
        if isinstance(item, Answer):
            return await delivery.stream(request, sequence, pace=self._pace, request_id=request_id)
        return await delivery.stream_with(item, request, sequence, pace=self._pace, request_id=request_id)

    def _resumed(self, payload: Any) -> Any:
        """A turn that was paused is sent back as it was, and goes on; no other conversation ends with an assistant."""
        match payload:
            case {
                "messages": [*messages, {"role": "assistant", "content": [{"text": str(said)}]} as last]
            } if said in self._paused:
                return {**payload, "messages": [*messages, last, {"role": "user", "content": "(goes on)"}]}
            case _:
                return payload

    async def _note(self, payload: Json) -> None:
        async with self._arrival:
            self.requests.append(payload)
            self._received += 1
            self._arrival.notify_all()

    async def _count(self, request: web.Request) -> web.Response:
        asked = rules.read(CountRequest, await _json(request))
        return web.json_response({"input_tokens": usage.prompt_tokens(asked)})


def _service(request: web.Request) -> str:
    """Which of the services is asked; they share no prompt cache."""
    return request.path.split("/")[1]


def _prose(answer: Answer) -> str:
    return "".join(part.text for part in answer.parts if isinstance(part, Say))


async def _at_once(request: web.Request, message: Json, item: object) -> web.StreamResponse:
    """The whole message in one body; faults of streams become the nearest fault of a plain answer."""
    match item:
        case Answer():
            pass
        case Stall(seconds):
            await asyncio.sleep(seconds)
        case Reset():
            return delivery.reset(request)
        case _:
            raise ApiError(500, "Internal server error")
    return web.json_response(answering.public(message))


async def _json(request: web.Request) -> Any:
    try:
        return json.loads(await request.read())
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(413, "Request exceeds the maximum size") from None
    except ValueError:
        raise ApiError(400, "The request body is not valid JSON") from None


async def _models(request: web.Request) -> web.Response:
    limit = request.query.get("limit", "20")
    if not limit.isdecimal() or not 1 <= int(limit) <= 1000:
        raise ApiError(400, "limit: Input should be a number from 1 to 1000")
    return web.json_response(
        models.page(int(limit), request.query.get("after_id"), request.query.get("before_id"))
    )


async def _model(request: web.Request) -> web.Response:
    return web.json_response(models.find(request.match_info["name"]).json())


@web.middleware
async def _identify(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every answer says which request it belongs to."""
    request[_REQUEST_ID] = f"req_01{secrets.token_hex(11)}"
    response = await handler(request)
    if not response.prepared:
        response.headers["request-id"] = request[_REQUEST_ID]
    return response


@web.middleware
async def _as_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever is refused, or goes wrong before the first byte, is an error in the API's form."""
    try:
        return await handler(request)
    except ApiError as error:
        return errors.response(error, request[_REQUEST_ID])
    except web.HTTPException as error:
        refusal = ApiError(error.status, error.reason)
        return errors.response(refusal, request[_REQUEST_ID])
    except ConnectionError:
        # The client left in mid-stream; there is nobody to tell.
        return web.Response()
    except Exception:  # noqa: BLE001  # a server answers whatever happens
        _log.exception("The model stand-in could not answer")
        return errors.response(ApiError(500, "Internal server error"), request[_REQUEST_ID])


@web.middleware
async def _authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Any key will do, but there must be one, and the API's version, as the real service demands."""
    if _service(request) == "model":
        return await handler(request)
    if not request.headers.get("x-api-key") and not request.headers.get("authorization"):
        raise ApiError(401, "x-api-key header is required")
    if "anthropic-version" not in request.headers:
        raise ApiError(400, "anthropic-version: header is required")
    return await handler(request)
