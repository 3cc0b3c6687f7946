"""Validation by a tool behind the gateway, which runs the program on a Ray cluster that raygen need not reach itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Self

from services.errors import RaygenError
from services.gateway import names
from services.gateway.client import Gateway
from services.gateway.wire import outcome_of
from services.model import InputFile, Outcome, Readiness, Verdict
from services.output import plural
from services.validation.cluster import cut
from services.validation.interface import Lease, Limits, Waiting
from services.validation.probe import PART

WHERE = "through the MCP gateway"
# What a connection, a function that has to start first, and a job's own start may take beside the program, in seconds.
_GRACE = 60.0
_PAUSE = 60.0
_IMPATIENCE = 2.0


class GatewayValidator:
    """Implements Validator by the gateway's tool `validate_ray_code`, as an async context manager.

    `cluster` is handed on as `ray_cluster_ip`; without it the tool uses its own. The tool knows code alone: a program
    that names a file of its thread is not sent, and of any other the outcome says that the files were not there.
    """

    def __init__(
        self,
        gateway: Gateway,
        tool: str = names.VALIDATION,
        *,
        cluster: str = "",
        limits: Limits | None = None,
    ) -> None:
        self._gateway = gateway
        self._tool = tool
        self._cluster = cluster
        self._limits = limits or Limits()
        self._problem = "The MCP gateway was not asked yet."
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._keeper = asyncio.create_task(self._keep_asking())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._keeper is not None
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)

    @asynccontextmanager
    async def lease(
        self,
        *,
        inputs: Sequence[InputFile] = (),
        waiting: Waiting | None = None,  # noqa: ARG002  # the tool is there or not
    ) -> AsyncGenerator[Lease]:
        yield _GatewayLease(self, tuple(file.name for file in inputs))

    async def validate(self, code: str, files: Sequence[str], limits: Limits | None) -> Outcome:
        """As a lease of it does; `files` are the names of those that can't travel."""
        chosen = limits or self._limits
        if named := [name for name in files if name in code]:
            return Outcome(
                Verdict.UNAVAILABLE,
                detail=f"The program uses {named[0]}, and files can't travel through the MCP gateway, "
                "so it can't be validated here.",
                where=WHERE,
            )
        where = f"{WHERE}, without the thread's {plural(len(files), 'file')}" if files else WHERE
        asked = {"code": code} | ({"ray_cluster_ip": self._cluster} if self._cluster else {})
        try:
            answer = await self._gateway.call(self._tool, asked, limit=chosen.wall + _GRACE)
            return cut(outcome_of(answer, where=where), chosen)
        except RaygenError as error:
            return Outcome(Verdict.UNAVAILABLE, detail=error.public, where=where)

    def readiness(self) -> Readiness:
        return Readiness(PART, ready=not self._problem, missing=self._problem)

    async def _keep_asking(self) -> None:
        while True:
            try:
                await self._gateway.check(self._tool)
                self._problem = ""
            except RaygenError as error:
                self._problem = error.public
            await asyncio.sleep(_IMPATIENCE if self._problem else _PAUSE)


class _GatewayLease:
    def __init__(self, validator: GatewayValidator, files: Sequence[str]) -> None:
        self._validator = validator
        self._files = files

    async def validate(self, code: str, *, limits: Limits | None = None) -> Outcome:
        return await self._validator.validate(code, self._files, limits)
