"""Validation by a tool behind the gateway, which runs the program on a Ray cluster that raygen need not reach itself."""

from __future__ import annotations

from services.domain.errors import RaygenError
from services.domain.filenames import importable
from services.domain.values import InputFile, Outcome, Verdict
from services.gateway import names
from services.gateway.client import Gateway
from services.gateway.wire import outcome_of
from services.text.formatting import plural
from services.validation.elsewhere import Elsewhere, beyond, cut
from services.validation.interface import Setup, ValidationLimits

WHERE = "through the MCP gateway"
# What a connection, a function that has to start first, and a job's own start may take in addition to the program, in seconds.
_GRACE = 60.0
_PAUSE = 60.0
_IMPATIENCE = 2.0


class GatewayValidator(Elsewhere):
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
        limits: ValidationLimits | None = None,
    ) -> None:
        super().__init__("The MCP gateway", where=WHERE, limits=limits, pause=_PAUSE, impatience=_IMPATIENCE)
        self._gateway = gateway
        self._tool = tool
        self._cluster = cluster

    async def problem(self) -> str:
        try:
            await self._gateway.check(self._tool)
        except RaygenError as error:
            return error.public
        return ""

    async def validate(
        self, code: str, inputs: tuple[InputFile, ...], setup: Setup, limits: ValidationLimits
    ) -> Outcome:
        """A program that names one of `inputs` is not sent: they can't travel."""
        if named := [file.name for file in inputs if importable(file.name) or file.name in code]:
            return Outcome(
                verdict=Verdict.UNAVAILABLE,
                detail=f"The program uses {named[0]}, and the MCP gateway can't carry files, so it can't be validated here.",
                where=WHERE,
            )
        if (outcome := beyond(setup, "The MCP gateway")) is not None:
            return outcome
        where = f"{WHERE}, without the thread's {plural(len(inputs), 'file')}" if inputs else WHERE
        asked = {"code": code} | ({"ray_cluster_ip": self._cluster} if self._cluster else {})
        try:
            answer = await self._gateway.call(self._tool, asked, limit=limits.wall + _GRACE)
            return cut(outcome_of(answer, where=where), limits)
        except RaygenError as error:
            return Outcome(verdict=Verdict.UNAVAILABLE, detail=error.public, where=where)
