"""The environment of a program: what it declares, and what it imports without declaring it, resolved and installed."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from packaging.requirements import Requirement

from services.domain.companion_files import companions_of, sizes
from services.domain.errors import PackagesRefused
from services.domain.locks import NO_LOCK, Lock
from services.domain.parser_process import run_isolated
from services.domain.program_header import Script
from services.domain.values import InputFile, Outcome, Verdict
from services.environments.interface import NO_ENVIRONMENT, Environment, Environments, Needs, OnProgress
from services.environments.names import undeclared
from services.environments.present import satisfied
from services.validation.alike import as_there, lacking
from services.validation.imports import missing, used


async def _unreported(_: str) -> None:
    """Report to no one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """How programs get their packages."""

    environments: Environments | None
    """What resolves and installs them; None where nothing is installed."""
    on_progress: OnProgress = _unreported
    """Gets what is being done."""
    installed: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the program's target has, by normalized name."""
    lock: Lock = NO_LOCK
    """What is installed whatever would be resolved now; empty to resolve it."""

    async def provided(self, code: str, header: Script, files: Sequence[InputFile]) -> Environment | Outcome:
        """What the program runs with, or why it can't be had."""
        try:
            own = await companions_of(code, tuple(files))
            if self.environments is None:
                await self._check_there(code, own, header)
                return NO_ENVIRONMENT
            if self.lock:
                return await self.environments.install(self.lock, self.on_progress)
            return await self._resolved(self.environments, code, header, own)
        except PackagesRefused as error:
            return Outcome(verdict=Verdict.FAILED, detail=error.public)

    async def _resolved(
        self, environments: Environments, code: str, header: Script, own: Sequence[InputFile]
    ) -> Environment | Outcome:
        absent = await run_isolated(partial(missing, files=own), code, size=sizes(code, own))
        found = undeclared(absent, header.packages)
        if found.unknown:
            names = ", ".join(found.unknown)
            return Outcome(verdict=Verdict.NOT_IMPORTABLE, detail=f"{names}. {_DECLARE}")
        requirements = (*header.packages, *found.requirements)
        names = await self._used(code, own)
        absent_there = lacking(requirements, names, self.installed)
        requirements = (*requirements, *absent_there)
        alike = as_there(requirements, names, self.installed)
        if not requirements and not header.requires_python and not alike:
            return NO_ENVIRONMENT
        needs = Needs(
            requirements=requirements, requires_python=header.requires_python, installed=self.installed
        )
        if alike:
            closer = replace(needs, requirements=(*requirements, *alike))
            with contextlib.suppress(PackagesRefused):  # such as no wheel of that version for this Python
                return await self._installed(environments, closer)
        if not requirements and not header.requires_python:
            return NO_ENVIRONMENT
        try:
            return await self._installed(environments, needs)
        except PackagesRefused as error:
            if not absent_there:
                raise
            raise PackagesRefused(
                f"The target does not have {', '.join(absent_there)}. {error.public}"
            ) from error

    async def _installed(self, environments: Environments, needs: Needs) -> Environment:
        lock = await environments.lock(needs, self.on_progress)
        return await environments.install(lock, self.on_progress)

    async def _used(self, code: str, own: Sequence[InputFile]) -> tuple[str, ...]:
        """The installed packages that the program imports, where they are compared with the target's."""
        if not self.installed:
            return ()
        return await run_isolated(partial(used, files=own), code, size=sizes(code, own))

    async def _check_there(self, code: str, own: Sequence[InputFile], header: Script) -> None:
        """Raises PackagesRefused for what the program has here and its target doesn't, where nobody installs it."""
        if not self.installed:
            return
        declared = [text for text in header.packages if not satisfied(Requirement(text), self.installed)]
        names = (*declared, *lacking(header.packages, await self._used(code, own), self.installed))
        if names:
            raise PackagesRefused(f"The target does not have {', '.join(names)}. {_OFF}")


_OFF = "This raygen installs no packages: use what the target has, or have an operator set RAYGEN_PACKAGES."
_DECLARE = "Declare the package that provides it under `dependencies` in the program's header."
