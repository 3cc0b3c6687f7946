"""A small AWS Lambda on loopback: Lambda's own API to boto3 on one side, the Runtime API to real `awslambdaric` on the other.

    async with lambda_service() as service:
        service.deploy("validate", "bot.lambdas.validation.handler", environment={"RAY_ADDRESS": ...}, timeout=60)
        ...boto3 with endpoint_url=service.url...
        service.fail("throttled")  # the next invocation; see FAULTS
        service.invocations        # what reached it, in order

As in Lambda, a function's process begins with its first invocation, serves one at a time, is ended at the function's
time limit, and begins anew after a crash. Unlike there, invocations of one function wait for each other.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import math
import os
import sys
import time
import uuid
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

ROOT = Path(__file__).parents[2]
PYTHON = os.environ.get("RAYGEN_LAMBDA_PYTHON", sys.executable)
"""What runs the functions; the image's Python is 3.12."""

REQUEST_LIMIT = 6 * 1024**2
RESPONSE_LIMIT = 6_291_556
ACCOUNT = "arn:aws:lambda:eu-central-1:123456789012:function:"
FAULTS: dict[str, tuple[int, str]] = {
    "throttled": (429, "TooManyRequestsException"),
    "unavailable": (503, "ServiceUnavailableException"),
    "broken": (500, "ServiceException"),
    "denied": (403, "AccessDeniedException"),
    "expired": (403, "ExpiredTokenException"),
    "too large": (413, "RequestTooLargeException"),
}
"""Faults that are answers of Lambda's. Others: `reset`, `hang`, `half` (of an answer), `garbage`, `wrong shape`; those
of functions come about by functions that crash or take too long.
"""


@dataclass(frozen=True)
class Invocation:
    """What came for a function; `ran` says whether the function got it."""

    function: str
    event: Any
    client_context: Any
    ran: bool


@dataclass
class _Request:
    id: str
    body: bytes
    client_context: str
    deadline: float
    result: asyncio.Future[tuple[bytes, bool]]


@dataclass
class Deployed:
    """One function: its process, and what the Runtime API says to it."""

    name: str
    handler: str
    environment: Mapping[str, str]
    timeout: float
    state: str = "Active"
    starts: int = 0
    log: Path | None = None
    _process: asyncio.subprocess.Process | None = None
    _runner: web.AppRunner | None = None
    _next: asyncio.Queue[_Request] = field(default_factory=asyncio.Queue)
    _current: _Request | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def invoke(self, body: bytes, client_context: str) -> tuple[bytes, bool]:
        """The answer, and whether it is an error of the function."""
        async with self._turn:
            if self._process is None or self._process.returncode is not None:
                await self._start()
            result = asyncio.get_running_loop().create_future()
            request = _Request(str(uuid.uuid4()), body, client_context, time.time() + self.timeout, result)
            self._current = request
            self._next.put_nowait(request)
            process = self._process
            assert process is not None
            ended = asyncio.create_task(process.wait())
            await asyncio.wait({result, ended}, timeout=self.timeout, return_when=asyncio.FIRST_COMPLETED)
            ended.cancel()
            if result.done():
                return result.result()
            return await self._lost(request.id, crashed=process.returncode is not None)

    async def aclose(self) -> None:
        await self._end()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _lost(self, request_id: str, *, crashed: bool) -> tuple[bytes, bool]:
        code = self._process.returncode if self._process else None
        await self._end()
        self._next = asyncio.Queue()
        if crashed:
            message = f"RequestId: {request_id} Error: Runtime exited with error: exit status {code}"
            return _error("Runtime.ExitError", message), True
        message = f"RequestId: {request_id} Error: Task timed out after {self.timeout:.2f} seconds"
        return _error("Sandbox.Timedout", message), True

    async def _start(self) -> None:
        if self._runner is None:
            self._runner = web.AppRunner(self._runtime_api(), shutdown_timeout=0.2)
            await self._runner.setup()
            await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.starts += 1
        environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._runner.addresses[0][1]}",
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_REGION": "eu-central-1",
            **self.environment,
        }
        with contextlib.ExitStack() as stack:
            log = stack.enter_context(self.log.open("ab")) if self.log else asyncio.subprocess.DEVNULL
            self._process = await asyncio.create_subprocess_exec(
                *(PYTHON, "-m", "awslambdaric", self.handler),
                env=environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                stdin=asyncio.subprocess.DEVNULL,
            )

    async def _end(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None

    def _runtime_api(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1024**2)
        base = "/2018-06-01/runtime"
        app.router.add_get(f"{base}/invocation/next", self._give)
        app.router.add_post(f"{base}/invocation/{{id}}/response", self._answered)
        app.router.add_post(f"{base}/invocation/{{id}}/error", self._failed)
        app.router.add_post(f"{base}/init/error", self._failed)
        app.router.add_get(f"{base}/restore/next", self._ok)
        return app

    async def _ok(self, _: web.Request) -> web.Response:
        return web.Response()

    async def _give(self, _: web.Request) -> web.Response:
        request = await self._next.get()
        headers = {
            "Lambda-Runtime-Aws-Request-Id": request.id,
            "Lambda-Runtime-Deadline-Ms": str(int(request.deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": ACCOUNT + self.name,
            "Lambda-Runtime-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0",
        }
        if request.client_context:
            headers["Lambda-Runtime-Client-Context"] = request.client_context
        return web.Response(body=request.body, headers=headers, content_type="application/json")

    async def _answered(self, request: web.Request) -> web.Response:
        body = await request.read()
        if len(body) > RESPONSE_LIMIT:
            message = f"Response payload size exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes)."
            self._tell(_error("Function.ResponseSizeTooLarge", message), failed=True)
            return web.json_response({"errorType": "RequestEntityTooLarge"}, status=413)
        self._tell(body, failed=False)
        return web.json_response({"status": "OK"}, status=202)

    async def _failed(self, request: web.Request) -> web.Response:
        self._tell(await request.read(), failed=True)
        return web.json_response({"status": "OK"}, status=202)

    def _tell(self, body: bytes, *, failed: bool) -> None:
        if self._current is not None and not self._current.result.done():
            self._current.result.set_result((body, failed))


@dataclass
class LambdaService:
    """The whole of it; `url` is Lambda's address for boto3."""

    url: str = ""
    invocations: list[Invocation] = field(default_factory=list)
    functions: dict[str, Deployed] = field(default_factory=dict)
    configurations: int = 0
    _faults: deque[str] = field(default_factory=deque)

    def deploy(
        self,
        name: str,
        handler: str,
        *,
        environment: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        log: Path | None = None,
    ) -> Deployed:
        """`timeout` is the function's time limit in seconds; `log` gets what its process writes."""
        self.functions[name] = Deployed(name, handler, environment or {}, timeout, log=log)
        return self.functions[name]

    def fail(self, *faults: str) -> None:
        """What the next invocations meet, in order."""
        self._faults.extend(faults)

    async def invoke(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        name = _name(request)
        if refusal := self._refusal(request, name, body):
            return refusal
        client_context = base64.b64decode(request.headers.get("X-Amz-Client-Context", "")).decode()
        fault = self._faults.popleft() if self._faults else ""
        ran = not fault or fault == "half"
        context = json.loads(client_context) if client_context else None
        self.invocations.append(Invocation(name, json.loads(body or b"{}"), context, ran))
        if not ran:
            return await self._faulty(request, fault)
        answer, failed = await self.functions[name].invoke(body or b"{}", client_context)
        if fault == "half":
            return await _half(request, answer)
        headers = {"X-Amz-Executed-Version": "$LATEST", "x-amzn-RequestId": str(uuid.uuid4())}
        if failed:
            headers["X-Amz-Function-Error"] = "Unhandled"
        return web.Response(body=answer, headers=headers, content_type="application/json")

    async def configuration(self, request: web.Request) -> web.Response:
        self.configurations += 1
        name = _name(request)
        if refusal := self._refusal(request, name, b""):
            return refusal
        function = self.functions[name]
        return web.json_response(
            {
                "FunctionName": name,
                "FunctionArn": ACCOUNT + name,
                "PackageType": "Image",
                "Timeout": math.ceil(function.timeout),
                "MemorySize": 1024,
                "State": function.state,
                "LastUpdateStatus": "Successful",
            }
        )

    def _refusal(self, request: web.Request, name: str, body: bytes) -> web.Response | None:
        if not request.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 Credential="):
            return _refused(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
        if name not in self.functions:
            return _refused(404, "ResourceNotFoundException", f"Function not found: {ACCOUNT}{name}")
        if len(body) > REQUEST_LIMIT:
            message = f"Request must be smaller than {REQUEST_LIMIT} bytes for the InvokeFunction operation"
            return _refused(413, "RequestTooLargeException", message)
        return None

    async def _faulty(self, request: web.Request, fault: str) -> web.StreamResponse:
        match fault:
            case "hang":
                await asyncio.sleep(3600)
            case "reset":
                assert request.transport is not None
                request.transport.abort()
            case "garbage":
                return web.Response(body=b"<html>It works!</html>", content_type="text/html")
            case "wrong shape":
                return web.json_response(["neither", "this", "nor", "that"])
        return _refused(*FAULTS.get(fault, (500, "ServiceException")), f"fault: {fault}")


@asynccontextmanager
async def lambda_service() -> AsyncGenerator[LambdaService]:
    """Serves until the context ends; functions' processes end with it."""
    service = LambdaService()
    app = web.Application(client_max_size=64 * 1024**2)
    base = "/2015-03-31/functions/{name}"
    app.router.add_post(f"{base}/invocations", service.invoke)
    app.router.add_get(f"{base}/configuration", service.configuration)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield service
    finally:
        await asyncio.gather(*(function.aclose() for function in service.functions.values()))
        await runner.cleanup()


def _name(request: web.Request) -> str:
    """A function may be called by its name or its ARN."""
    return request.match_info["name"].rpartition(":")[2]


def _error(kind: str, message: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()


def _refused(status: int, code: str, message: str) -> web.Response:
    body = {"Type": "User" if status < 500 else "Service", "message": message, "Message": message}
    return web.json_response(body, status=status, headers={"x-amzn-ErrorType": code})


async def _half(request: web.Request, answer: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(len(answer))})
    await response.prepare(request)
    await response.write(answer[: len(answer) // 2])
    assert request.transport is not None
    request.transport.close()
    return response
