"""Ray's Jobs API and state API over HTTP: every call has a limit, and every refusal a sentence."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from services.domain.errors import TargetRefused, TargetUnavailable
from services.domain.untrusted_data import from_json
from services.domain.values import TaskCount
from services.execution.state import ClusterState, cluster_state
from services.execution.state_api import Node, TaskAttempt, bundles, demands, listed, rows
from services.execution.wire import JobDetails, job_details, task_counts

_REFUSED: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "The target cluster requires a token, and none is set. Set its token.",
    HTTPStatus.FORBIDDEN: "The target cluster rejected raygen's token: it is wrong or has expired.",
}
_SESSION = 200


class RayApi:
    """One Ray head's HTTP interface; `verify` is False, True, or the path of a CA file.

    Nothing of Ray's own client is used, so no `RAY_ADDRESS` can lead a call elsewhere.
    """

    def __init__(
        self,
        address: str,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        verify: bool | Path = True,
        timeout: float = 15.0,
    ) -> None:
        self.address = address.rstrip("/")
        self._headers = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        self._verify = verify
        self._limit = aiohttp.ClientTimeout(total=timeout)
        self._open: aiohttp.ClientSession | None = None

    async def aclose(self) -> None:
        if self._open is not None:
            await self._open.close()

    async def version(self) -> str:
        """Ray's version; the cheapest call that needs the token."""
        answer = await self._json("GET", "/api/version")
        with self._known_form():
            return str(answer["ray_version"])

    async def session(self) -> str:
        """What names the current life of the cluster; its version where an older Ray names none."""
        answer = await self._json("GET", "/api/version")
        with self._known_form():
            return str(answer.get("session_name") or answer["ray_version"])[:_SESSION]

    async def state(self) -> ClusterState:
        version = await self.version()
        answer = await self._json("GET", "/api/cluster_status")
        with self._known_form():
            return cluster_state(version, answer)

    async def warm(self) -> bool:
        """Make a node's job agent (not a head) connect to Ray; False while it can't."""
        try:
            async with self._call("GET", "/api/job_agent/jobs/none/logs") as response:
                return response.status == HTTPStatus.NOT_FOUND
        except TargetUnavailable:
            return False

    async def job(self, submission_id: str) -> JobDetails | None:
        async with self._call("GET", f"/api/jobs/{submission_id}") as response:
            if response.status == HTTPStatus.NOT_FOUND:
                return None
            return job_details(await _answer(response), response.headers.get("Date"))

    async def jobs(self) -> list[JobDetails]:
        answer = await self._json("GET", "/api/jobs/")
        with self._known_form():
            return [JobDetails.model_validate(job) for job in answer]

    async def submit(self, body: Mapping[str, Any]) -> bool:
        """False when Ray has a job of that submission ID."""
        async with self._call("POST", "/api/jobs/", json=body) as response:
            if response.status != HTTPStatus.OK and "already exists" in await response.text():
                return False
            await _answer(response)
            return True

    async def stop(self, submission_id: str) -> bool:
        async with self._call("POST", f"/api/jobs/{submission_id}/stop") as response:
            if response.status == HTTPStatus.NOT_FOUND:
                return False
            return bool((await _answer(response))["stopped"])

    async def delete(self, submission_id: str) -> None:
        await self._json("DELETE", f"/api/jobs/{submission_id}")

    async def has(self, name: str) -> bool:
        """Whether a package is there; asking for it also keeps it from being swept."""
        async with self._call("GET", f"/api/packages/gcs/{name}") as response:
            if response.status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
                await _answer(response)
            return response.status == HTTPStatus.OK

    async def upload(self, name: str, content: bytes) -> str:
        """Put a package into the cluster unless it is there."""
        if not await self.has(name):
            await self._put(name, content)
        return f"gcs://{name}"

    async def empty(self, name: str) -> None:
        """Take the content of a package that may be there; Ray sweeps what is left of it."""
        if await self.has(name):
            await self._put(name, b"-")

    async def _put(self, name: str, content: bytes) -> None:
        async with self._call("PUT", f"/api/packages/gcs/{name}", data=content) as response:
            await _fail(response)

    async def log(
        self, submission_id: str, node_id: str, *, follow: bool, interval: float = 0.1
    ) -> AsyncGenerator[bytes]:
        """The job's log from its first byte, raw; with `follow` it goes on until the caller leaves."""
        kind = "stream" if follow else "file"
        query = {"submission_id": submission_id, "node_id": node_id, "lines": "-1"}
        if follow:
            query["interval"] = str(interval)
        limit = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=30)
        async with self._call("GET", f"/api/v0/logs/{kind}", params=query, timeout=limit) as response:
            await _fail(response)
            async for chunk in response.content.iter_any():
                yield chunk

    async def whole_log(self, submission_id: str) -> bytes:
        """The log as the Jobs API itself gives it: at once, as text, without what is no UTF-8."""
        return str((await self._json("GET", f"/api/jobs/{submission_id}/logs"))["logs"]).encode()

    async def short_log(self, submission_id: str, limit: int) -> str:
        """The same of a job that says little. Raises TargetRefused where the answer has more than `limit` bytes."""
        body = b""
        async with self._call("GET", f"/api/jobs/{submission_id}/logs") as response:
            await _fail(response)
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > limit:
                    raise TargetRefused("The target cluster's answer is too long.")
            return str(from_json(body)["logs"])

    async def tasks(self, job_id: str) -> tuple[TaskCount, ...]:
        query = {"filter_keys": "job_id", "filter_predicates": "=", "filter_values": job_id}
        return task_counts(await self._json("GET", "/api/v0/tasks/summarize", params=query))

    async def detached(self, job_id: str) -> int:
        """How many detached actors of a Ray job have not ended."""
        query = listed(("job_id", "=", job_id), ("state", "!=", "DEAD"))
        actors = rows(await self._json("GET", "/api/v0/actors", params=query))
        return sum(bool(actor["is_detached"]) for actor in actors)

    async def unplaced_actors(self, name: str) -> list[dict[str, float]]:
        """What the actors of that name ask for that no node has taken yet."""
        query = listed(("name", "=", name), ("state", "=", "PENDING_CREATION"))
        return demands(await self._json("GET", "/api/v0/actors", params=query))

    async def unplaced_tasks(self, job_id: str) -> list[dict[str, float]]:
        """What a Ray job's tasks ask for that no node has taken yet, each demand once."""
        query = listed(("job_id", "=", job_id), ("state", "=", "PENDING_NODE_ASSIGNMENT"))
        return demands(await self._json("GET", "/api/v0/tasks", params=query))

    async def unplaced_groups(self, job_id: str) -> list[list[dict[str, float]]]:
        """What a Ray job's placement groups ask for that are not placed yet, bundle by bundle."""
        query = listed(("creator_job_id", "=", job_id), ("state", "=", "PENDING"))
        return bundles(await self._json("GET", "/api/v0/placement_groups", params=query))

    async def failed_tasks(self, job_id: str) -> list[TaskAttempt]:
        """The failed tries at a Ray job's tasks."""
        return await self._attempts(("job_id", "=", job_id), ("state", "=", "FAILED"))

    async def repeated_tasks(self, job_id: str) -> set[str]:
        """The IDs of those of a Ray job's tasks that were begun more than once."""
        again = await self._attempts(("job_id", "=", job_id), ("attempt_number", "!=", "0"))
        return {attempt.task_id for attempt in again}

    async def nodes(self) -> list[Node]:
        """All that the cluster knows of, living and dead."""
        found = rows(await self._json("GET", "/api/v0/nodes", params=listed()))
        return [Node.model_validate(row) for row in found]

    async def used(self) -> dict[str, float]:
        """How much of each resource is in use, some seconds ago; empty if the cluster doesn't report it."""
        state = cluster_state("", await self._json("GET", "/api/cluster_status"))
        return {name: share.used for name, share in state.shares.items()}

    async def _attempts(self, *filters: tuple[str, str, str]) -> list[TaskAttempt]:
        found = rows(await self._json("GET", "/api/v0/tasks", params=listed(*filters)))
        return [TaskAttempt.model_validate(row) for row in found]

    async def _json(self, method: str, path: str, **options: Any) -> Any:
        async with self._call(method, path, **options) as response:
            return await _answer(response)

    @asynccontextmanager
    async def _call(self, method: str, path: str, **options: Any) -> AsyncGenerator[aiohttp.ClientResponse]:
        options.setdefault("timeout", self._limit)
        url = URL(self.address + path, encoded=True)
        try:
            async with self._session().request(method, url, allow_redirects=False, **options) as response:
                with self._known_form():
                    yield response
        except aiohttp.InvalidURL as error:
            raise TargetRefused(f"{self.address!r} isn't a cluster address.") from error
        except aiohttp.ClientConnectorCertificateError as error:
            raise TargetRefused(
                f"The certificate of the target cluster at {URL(self.address).with_user(None)} is not trusted."
            ) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TargetUnavailable(
                f"The target cluster at {URL(self.address).with_user(None)} can't be reached. Try again in a minute."
            ) from error

    @contextmanager
    def _known_form(self) -> Generator[None]:
        """Where an answer is read: one that is not Ray's raises TargetRefused, since it won't be by asking again."""
        try:
            yield
        except aiohttp.ClientError:
            raise
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise TargetRefused(
                f"The server at {self.address} isn't a Ray cluster. Check the target's address."
            ) from error

    def _session(self) -> aiohttp.ClientSession:
        if self._open is None or self._open.closed:
            connector = aiohttp.TCPConnector(ssl=_tls(self._verify), limit=64)
            self._open = aiohttp.ClientSession(headers=self._headers, connector=connector)
        return self._open


async def _answer(response: aiohttp.ClientResponse) -> Any:
    await _fail(response)
    return await response.json(content_type=None)


async def _fail(response: aiohttp.ClientResponse) -> None:
    if response.status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if response.status in _REFUSED:
        raise TargetRefused(_REFUSED[response.status])
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise TargetUnavailable("The target cluster is busy. Try again in a minute.")
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TargetUnavailable(f"The target cluster answered with error {response.status}. Try again.")
    raise TargetRefused(f"The target cluster rejected the request ({response.status}).")


def _tls(verify: bool | Path) -> ssl.SSLContext | bool:  # noqa: FBT001  # aiohttp's own shape
    return verify if isinstance(verify, bool) else ssl.create_default_context(cafile=verify)
