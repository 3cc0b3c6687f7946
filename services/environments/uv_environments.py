"""Environments by uv: resolved and installed in a sandbox, and stored by the lock's hash."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import shutil
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from pathlib import Path

import uv
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from services.domain.errors import PackagesRefused, SealUnavailable
from services.domain.locks import NO_LOCK, Lock
from services.domain.values import Readiness
from services.environments import installation, refusals, resolution
from services.environments.interface import NO_ENVIRONMENT, Environment, Needs, OnProgress
from services.environments.present import FULL_PYTHON, PYTHON, installed, needed_by_ray, satisfied
from services.environments.proxy import IndexProxy
from services.environments.stored import Stored
from services.environments.terms import Allowed, Index, Terms
from services.environments.wheels import Wheels

PART = "packages"
_POLL = 0.5
_FULL = "The disk is full, so its packages can't be installed. An operator has to free some space."
_log = logging.getLogger(__name__)


class UvEnvironments:
    """Implements Environments. Use `open_environments`."""

    def __init__(self, terms: Terms, root: Path) -> None:
        self._terms, self._stored = terms, Stored(root)
        self._index = IndexProxy(terms, Wheels(self._stored.wheels))

    @property
    def indexes(self) -> tuple[Index, ...]:
        """Where packages are looked for."""
        return self._terms.indexes

    def open(self) -> None:
        """Make its directory, and remove what ended processes have left there. Raises OSError."""
        self._stored.open()

    @property
    def directory(self) -> Path:
        return self._stored.ready

    def readiness(self) -> Readiness:
        if self._terms.allowed is Allowed.OFF:
            return Readiness(PART, ready=True)
        try:
            uv.find_uv_bin()
        except FileNotFoundError:
            missing = "Packages can't be installed since uv isn't there: run `pip install uv`."
            return Readiness(PART, ready=False, missing=missing)
        if shutil.which("bwrap", path=os.defpath) is None:
            missing = (
                "Packages can't be installed since bubblewrap isn't there: `apt-get install bubblewrap`."
            )
            return Readiness(PART, ready=False, missing=missing)
        return Readiness(PART, ready=True)

    async def lock(self, needs: Needs, on_progress: OnProgress) -> Lock:
        """Raises PackagesRefused."""
        self._check_python(needs)
        missing = self._missing(needs)
        if not missing:
            return NO_LOCK
        self._check_allowed(missing)
        key = self._key(needs)
        found = await asyncio.to_thread(self._stored.lock, key, self._terms.lock_age)
        if found is not None:
            return found
        what = f"Resolving {_listed([requirement.name for requirement in missing])}"
        with _refusing(), self._stored.working() as work:
            lock = await resolution.resolve(
                needs, self._terms, self._index, work, what=what, on_progress=on_progress
            )
        await asyncio.to_thread(self._stored.note, key, lock)
        if lock.size > self._terms.max_size:
            raise PackagesRefused(refusals.too_large(lock.size, self._terms.max_size))
        for each in lock.packages:
            if each.yanked:
                await on_progress(
                    f"{each.name} {each.version} was yanked by its maker; the program asks for exactly it"
                )
        return lock

    async def install(self, lock: Lock, on_progress: OnProgress) -> Environment:
        """Raises PackagesRefused."""
        if not lock:
            return NO_ENVIRONMENT
        if self._terms.allowed is Allowed.OFF:
            raise PackagesRefused(_off([each.name for each in lock.packages]))
        installation.verify(lock, self._terms)
        with _refusing():
            if found := await asyncio.to_thread(self._stored.find, lock):
                return found
            async with self._alone(lock, on_progress):
                return await asyncio.to_thread(self._stored.find, lock) or await self._install(
                    lock, on_progress
                )

    async def answers(self) -> dict[str, str]:
        """Each index that can't be asked, by its name, and why."""
        return await self._index.answers()

    async def _install(self, lock: Lock, on_progress: OnProgress) -> Environment:
        with self._stored.working() as work:
            lib, left_out = await installation.install(lock, self._terms, self._index, work, on_progress)
            await asyncio.to_thread(self._stored.keep, lock, lib, left_out)
        found = await asyncio.to_thread(self._stored.find, lock)
        assert found is not None
        await asyncio.to_thread(self._stored.tidy, self._terms.max_stored, self._terms.lock_age)
        return found

    @asynccontextmanager
    async def _alone(self, lock: Lock, on_progress: OnProgress) -> AsyncGenerator[None]:
        """Nobody else installs this lock meanwhile."""
        waited = False
        while (held := self._stored.exclusive(lock)) is None:
            if not waited:
                await on_progress(installation.described(lock))
                waited = True
            await asyncio.sleep(_POLL)
        try:
            yield
        finally:
            held.release()

    def _missing(self, needs: Needs) -> list[Requirement]:
        """What is asked for and isn't there."""
        try:
            asked = [Requirement(text) for text in needs.requirements]
        except InvalidRequirement:
            raise PackagesRefused(
                "It asks for a package in a way that isn't a requirement, such as `polars>=1`."
            ) from None
        if any(each.url for each in asked):
            raise PackagesRefused(
                "It asks for a package by a URL; only names with versions can be installed."
            )
        return [each for each in asked if not satisfied(each, needs.installed)]

    def _check_python(self, needs: Needs) -> None:
        try:
            fits = SpecifierSet(needs.requires_python).contains(FULL_PYTHON, prereleases=True)
        except InvalidSpecifier:
            fits = False
        if not fits:
            raise PackagesRefused(refusals.python_mismatch(needs.requires_python))

    def _check_allowed(self, missing: list[Requirement]) -> None:
        names: list[str] = [canonicalize_name(each.name) for each in missing]
        if self._terms.allowed is Allowed.OFF:
            raise PackagesRefused(_off(names))
        if self._terms.allowed is Allowed.LISTED and (
            others := [name for name in names if name not in self._terms.listed]
        ):
            raise PackagesRefused(
                f"{_listed(others)} {'is' if len(others) == 1 else 'are'} not on the list of allowed packages. Use another,"
                " or have an operator add it to RAYGEN_PACKAGES_ALLOWED."
            )

    def _key(self, needs: Needs) -> str:
        facts = [
            PYTHON,
            sorted(needs.requirements),
            sorted(needs.installed.items()),
            sorted(installed().items()),
            sorted(needed_by_ray()),
            [index.url for index in self._terms.indexes],
            self._terms.best_match,
            self._terms.constraints,
            self._terms.builds,
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


@contextlib.contextmanager
def _refusing() -> Generator[None]:
    """Turns what the machine lacks into a refusal."""
    try:
        yield
    except SealUnavailable as error:
        raise PackagesRefused(f"Packages can't be installed here: {error.public}") from error
    except OSError as error:
        _log.warning("an environment could not be made: %s", error.strerror)
        raise PackagesRefused(
            _FULL
            if error.errno in {28, 122}
            else "Its packages can't be installed here. `raygen doctor` shows what to change."
        ) from error


def _off(names: list[str]) -> str:
    return (
        f"It needs {_listed(names)}, and this raygen installs no packages. Use what is installed, or have an operator set"
        " RAYGEN_PACKAGES."
    )


def _listed(names: list[str]) -> str:
    shown = ", ".join(name[:60] for name in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown
