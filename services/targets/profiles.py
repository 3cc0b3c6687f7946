"""What the targets have, as far as it is known: asked once in a cluster's session, and stored for the next start."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from services.domain.errors import RaygenError
from services.domain.target_profile import TargetProfile
from services.environments.present import FULL_PYTHON, installed
from services.execution.profiling import Profiling

_PATIENCE = 10.0
# A cluster that does not name its session within this time is out of reach.
_REACH = 5.0
# How long after a failure a session isn't asked again.
_AGAIN = 600.0
_STORED: TypeAdapter[TargetProfile] = TypeAdapter(TargetProfile)
_log = logging.getLogger(__name__)


def own_profile() -> TargetProfile:
    """What raygen's own cluster has, which is what raygen has."""
    packages = dict(installed())
    return TargetProfile(python=FULL_PYTHON, ray=packages.get("ray", ""), packages=packages, own=True)


def validation_of(target: str) -> str:
    """The name of a target's own validation cluster among profiles; no target can have it."""
    return f"{target}@validation"


class Profiles:
    """Profiles by the names of targets; `sources` are asked, and `own` are those that raygen knows itself.

    `directory` has a file for each that was asked. What is not known is None, never an empty profile.
    """

    def __init__(
        self,
        sources: Mapping[str, Profiling] | None = None,
        own: Mapping[str, TargetProfile] | None = None,
        directory: Path | None = None,
    ) -> None:
        self._sources = dict(sources or {})
        self._directory = directory
        self._known: dict[str, TargetProfile] = dict(own or {})
        self._asking: dict[str, asyncio.Task[TargetProfile | None]] = {}
        self._failed: dict[str, tuple[str, float]] = {}
        for name in self._sources:
            if stored := self._stored(name):
                self._known[name] = stored

    async def aclose(self) -> None:
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    def asked(self, name: str) -> bool:
        """Whether it is a target that can be asked."""
        return name in self._sources

    def known(self, name: str) -> TargetProfile | None:
        """What is known without asking, which may be of an earlier session."""
        return self._known.get(name)

    async def current(self, name: str, patience: float = _PATIENCE) -> TargetProfile | None:
        """What a target has now; None where that isn't known within `patience` seconds, while asking goes on."""
        source = self._sources.get(name)
        if source is None:
            return self._known.get(name)
        task = self._asking.get(name)
        if task is None:
            task = self._asking[name] = asyncio.create_task(self._ask(name, source))
            task.add_done_callback(lambda _: self._asking.pop(name, None))
        await asyncio.wait({task}, timeout=patience)
        return task.result() if task.done() and not task.cancelled() else None

    async def _ask(self, name: str, source: Profiling) -> TargetProfile | None:
        try:
            async with asyncio.timeout(_REACH):
                session = await source.session()
            known = self._known.get(name)
            if known is not None and known.session == session:
                return known
            if self._failed_lately(name, session):
                return None
            self._failed[name] = session, time.monotonic()
            found = await source.profile(session)
        except RaygenError as error:
            _log.info("what the target %s has is unknown: %s", name, error.public)
            return None
        except TimeoutError:
            return None
        del self._failed[name]
        self._known[name] = found
        await asyncio.to_thread(self._store, name, found)
        return found

    def _failed_lately(self, name: str, session: str) -> bool:
        failed = self._failed.get(name)
        return failed is not None and failed[0] == session and time.monotonic() - failed[1] < _AGAIN

    def _stored(self, name: str) -> TargetProfile | None:
        if self._directory is None:
            return None
        try:
            return _STORED.validate_json((self._directory / f"{name}.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def _store(self, name: str, profile: TargetProfile) -> None:
        if self._directory is None:
            return
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            fresh = self._directory / f".{name}.{os.getpid()}"
            fresh.write_bytes(_STORED.dump_json(profile))
            fresh.replace(self._directory / f"{name}.json")
        except OSError as error:  # it is asked again after the next start
            _log.warning("what the target %s has could not be stored: %s", name, error.strerror)
