"""The environment of a program: what it declares, and what it imports without declaring it, resolved and installed."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from services.domain.companion_files import companions_of, sizes
from services.domain.errors import PackagesRefused
from services.domain.locks import NO_LOCK, Lock
from services.domain.parser_process import run_isolated
from services.domain.program_header import Script
from services.domain.values import InputFile, Outcome, Verdict
from services.environments.interface import NO_ENVIRONMENT, Environment, Environments, Needs, OnProgress
from services.environments.names import undeclared
from services.validation.alike import as_there
from services.validation.imports import missing, used


async def _unreported(_: str) -> None:
    """Report to no one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """How programs get their packages."""

    environments: Environments
    """What resolves and installs them."""
    on_progress: OnProgress = _unreported
    """Gets what is being done."""
    installed: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the program's target has, by normalized name."""
    lock: Lock = NO_LOCK
    """What is installed whatever would be resolved now; empty to resolve it."""

    async def provided(self, code: str, header: Script, files: Sequence[InputFile]) -> Environment | Outcome:
        """What the program runs with, or why it can't be had."""
        try:
            if self.lock:
                return await self.environments.install(self.lock, self.on_progress)
            return await self._resolved(code, header, files)
        except PackagesRefused as error:
            return Outcome(verdict=Verdict.FAILED, detail=error.public)

    async def _resolved(self, code: str, header: Script, files: Sequence[InputFile]) -> Environment | Outcome:
        own = await companions_of(code, tuple(files))
        absent = await run_isolated(partial(missing, files=own), code, size=sizes(code, own))
        found = undeclared(absent, header.packages)
        if found.unknown:
            names = ", ".join(found.unknown)
            return Outcome(verdict=Verdict.NOT_IMPORTABLE, detail=f"{names}. {_DECLARE}")
        requirements = (*header.packages, *found.requirements)
        alike = await self._alike(code, own, requirements)
        if not requirements and not header.requires_python and not alike:
            return NO_ENVIRONMENT
        needs = Needs(
            requirements=requirements, requires_python=header.requires_python, installed=self.installed
        )
        if alike:
            closer = replace(needs, requirements=(*requirements, *alike))
            with contextlib.suppress(PackagesRefused):  # such as no wheel of that version for this Python
                return await self._installed(closer)
        if not requirements and not header.requires_python:
            return NO_ENVIRONMENT
        return await self._installed(needs)

    async def _installed(self, needs: Needs) -> Environment:
        lock = await self.environments.lock(needs, self.on_progress)
        return await self.environments.install(lock, self.on_progress)

    async def _alike(
        self, code: str, own: Sequence[InputFile], requirements: Sequence[str]
    ) -> tuple[str, ...]:
        if not self.installed:
            return ()
        names = await run_isolated(partial(used, files=own), code, size=sizes(code, own))
        return as_there(requirements, names, self.installed)


_DECLARE = "Declare the package that provides it under `dependencies` in the program's header."
