"""The way of secrets to a job: two halves that are random bytes each, one in its package, one in a package of its own.

The exclusive or of both is the text. The driver removes both as it starts (`services/driver/wrapper/delivered.py`).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.domain.errors import RaygenError
from services.driver import PACKAGE, SECRETS
from services.execution.api import RayApi

# Ray removes a package that no job names ten minutes after it was last asked for.
_ASK = 180.0


@dataclass(frozen=True, slots=True)
class Halves:
    """`file` is for the job's package, `content` is uploaded as `name`."""

    file: bytes
    name: str
    content: bytes


def halves(values: Mapping[str, str]) -> Halves:
    """The two halves of some values; each is used once."""
    text = json.dumps(dict(values)).encode()
    half = secrets.token_bytes(len(text))
    other = bytes(one ^ two for one, two in zip(half, text, strict=True))
    name = f"_ray_pkg_{secrets.token_hex(16)}.zip"
    file = {
        "half": base64.b64encode(half).decode(),
        "key": f"gcs://{name}",
        "workers": secrets.token_hex(16),
    }
    return Halves(json.dumps(file).encode(), name, other)


class Deliveries:
    """Halves that were uploaded for jobs of this process, by submission."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    async def add(self, api: RayApi, submission_id: str, values: Mapping[str, str]) -> dict[str, bytes]:
        """Upload one half of the values; the other, as files of the job's package. Empty where there are no values."""
        if not values:
            return {}
        made = halves(values)
        self._names[submission_id] = made.name
        await api.upload(made.name, made.content)
        return {f"{PACKAGE}/{SECRETS}": made.file}

    @asynccontextmanager
    async def waiting(self, api: RayApi, submission_id: str) -> AsyncGenerator[None]:
        """While the job is followed, its half stays there until its driver takes it."""
        task = asyncio.create_task(self._ask(api, submission_id))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def remove(self, api: RayApi, submission_id: str) -> None:
        """What the driver has not taken."""
        name = self._names.pop(submission_id, None)
        if name is not None:
            with contextlib.suppress(RaygenError):
                await api.empty(name)

    async def _ask(self, api: RayApi, submission_id: str) -> None:
        while (name := self._names.get(submission_id)) is not None:
            await asyncio.sleep(_ASK)
            with contextlib.suppress(RaygenError):
                await api.has(name)
