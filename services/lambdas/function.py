# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# boto3 makes its clients from data at run time; nothing of them is typed.
"""One function of AWS Lambda: asked by boto3, and never asked twice for what it may have begun."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    ReadTimeoutError,
)
from urllib3.exceptions import HTTPError

from services.domain.untrusted_data import from_json
from services.domain.values import Readiness
from services.lambdas import errors
from services.lambdas.errors import FunctionDenied, FunctionError
from services.lambdas.wire import PAYLOAD

T = TypeVar("T")

_LONGEST = 900.0
_MARGIN = 10.0
_PAUSES = (0.5, 1.0, 2.0)
_THROTTLED = {"TooManyRequestsException", "ThrottlingException", "Throttling"}


@dataclass(frozen=True, slots=True)
class Configured:
    """A function as AWS has it: its time limit in seconds, its memory in MB, and what keeps it from working."""

    timeout: float
    memory: int
    problem: str = ""


class Function:
    """The function `name`, which may be an ARN. Credentials are those of the AWS environment.

    `endpoint` is the address of another service than Amazon's. `margin` is how many seconds longer than the function's
    own time limit its answer is waited for; `pauses` are those before a function that had no time is asked again.
    """

    def __init__(
        self,
        name: str,
        *,
        region: str | None = None,
        endpoint: str | None = None,
        margin: float = _MARGIN,
        pauses: tuple[float, ...] = _PAUSES,
    ) -> None:
        self.name = name
        self._region = region
        self._endpoint = endpoint
        self._margin = margin
        self._pauses = pauses
        self._lock = threading.Lock()
        self._clients: dict[float, Any] = {}
        self._configured: Configured | None = None

    async def invoke(self, event: Mapping[str, Any]) -> Any:
        """The function's answer. Raises a FunctionError; PayloadTooLarge before anything was sent."""
        payload = json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if len(payload) > PAYLOAD:
            raise errors.too_large(self.name, len(payload), PAYLOAD)
        for pause in self._pauses:
            try:
                return await in_thread(lambda: self._invoke(payload))
            except errors.FunctionBusy:  # which is certain not to have begun
                await asyncio.sleep(pause)
        return await in_thread(lambda: self._invoke(payload))

    async def configuration(self) -> Configured:
        """Asks AWS, and changes nothing. Raises a FunctionError."""
        return await in_thread(self._configuration)

    async def readiness(self, part: str) -> Readiness:
        """Whether it can be asked, as far as raygen may know."""
        try:
            problem = (await self.configuration()).problem
        except FunctionDenied:
            problem = ""
        except FunctionError as error:
            problem = error.public
        return Readiness(part, ready=not problem, missing=problem)

    def _invoke(self, payload: bytes) -> Any:
        patience = self._time_limit() + self._margin
        try:
            answer = self._client(patience).invoke(FunctionName=self.name, Payload=payload)
            text = answer["Payload"].read()
        except ReadTimeoutError as error:
            raise errors.silent(self.name, patience) from error
        except (HTTPClientError, IncompleteReadError, HTTPError) as error:
            raise errors.broken_off(self.name) from error
        except (ClientError, BotoCoreError, OSError, ValueError) as error:
            raise self._explained(error) from error
        return self._read(text, failed="FunctionError" in answer)

    def _read(self, text: bytes, *, failed: bool) -> Any:
        try:
            answer: Any = from_json(text)
        except ValueError:
            raise errors.garbled(self.name) from None
        if not failed:
            return answer
        words = f"{answer.get('errorType')} {answer.get('errorMessage')}" if isinstance(answer, dict) else ""
        if "Sandbox.Timedout" in words or "Task timed out" in words:
            raise errors.timed_out(self.name)
        raise errors.crashed(self.name)

    def _configuration(self) -> Configured:
        try:
            configuration = self._client(10.0).get_function_configuration(FunctionName=self.name)
        except (ClientError, BotoCoreError, OSError, ValueError, HTTPError) as error:
            raise self._explained(error) from error
        except (AttributeError, TypeError, LookupError) as error:  # botocore on JSON of another shape
            raise errors.garbled(self.name) from error
        if "Timeout" not in configuration:
            raise errors.garbled(self.name)
        self._configured = Configured(
            float(configuration["Timeout"]),
            int(configuration.get("MemorySize", 0)),
            _problem(self.name, configuration),
        )
        return self._configured

    def _time_limit(self) -> float:
        """The function's own; the longest that there is where it can't be known."""
        if self._configured is None:
            try:
                self._configuration()
            except FunctionError:
                return _LONGEST
        return self._configured.timeout if self._configured else _LONGEST

    def _client(self, read_timeout: float) -> Any:
        with self._lock:
            if read_timeout not in self._clients:
                self._clients[read_timeout] = self._made(read_timeout)
            return self._clients[read_timeout]

    def _made(self, read_timeout: float) -> Any:
        config = Config(
            connect_timeout=5,
            read_timeout=read_timeout,
            # What may have begun is never sent again.
            retries={"mode": "standard", "total_max_attempts": 1},
            tcp_keepalive=True,
        )
        session: Any = boto3.Session(region_name=self._region)
        return session.client("lambda", endpoint_url=self._endpoint, config=config)

    def _explained(self, error: Exception) -> FunctionError:
        match error:
            case ClientError():
                code = str(error.response.get("Error", {}).get("Code", ""))
                status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
                return self._answered(code, status)
            case NoCredentialsError():
                return errors.no_credentials(self.name)
            case NoRegionError() | ParamValidationError() | ValueError():
                return errors.misconfigured(self.name)
            case _:
                return errors.unreachable(self.name)

    def _answered(self, code: str, status: int) -> FunctionError:
        if code in _THROTTLED or status == HTTPStatus.TOO_MANY_REQUESTS:
            return errors.busy(self.name)
        if code == "RequestTooLargeException" or status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return errors.too_large(self.name, PAYLOAD, PAYLOAD)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return errors.trouble(self.name)
        return errors.refused(self.name, code)


def _problem(name: str, configuration: Mapping[str, Any]) -> str:
    if configuration.get("State", "Active") == "Failed":
        return f"The Lambda {name} could not be set up: {configuration.get('StateReasonCode', 'AWS gives no reason')}."
    if configuration.get("State") == "Pending":
        return f"The Lambda {name} is being set up."
    if configuration.get("LastUpdateStatus") == "Failed":
        return f"The last update of the Lambda {name} failed: {configuration.get('LastUpdateStatusReasonCode', 'AWS gives no reason')}."
    return ""


async def in_thread(call: Callable[[], T]) -> T:
    """As `asyncio.to_thread`, in a thread that the end of this process does not wait for: an answer may take minutes."""
    loop, result = asyncio.get_running_loop(), asyncio.Future[T]()

    def schedule(callback: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(lambda: None if result.done() else callback())

    def work() -> None:
        try:
            found = call()
        except Exception as error:  # noqa: BLE001  # it is raised where the result is awaited
            failure = error
            schedule(lambda: result.set_exception(failure))
        else:
            schedule(lambda: result.set_result(found))

    threading.Thread(target=work, name="lambda", daemon=True).start()
    return await result
