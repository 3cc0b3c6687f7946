"""Where the files that programs make are kept: bytes by owner and name, outside of the database."""

from __future__ import annotations

import hashlib
import re
from typing import Protocol

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_SHOWN = 80


class ArtifactStore(Protocol):
    """Keeps contents under keys that `key_of` gives. Every method raises ArtifactsUnavailable when it can't be reached."""

    async def put(self, owner: str, name: str, content: bytes) -> None:
        """Keep a file, whole or not at all, in place of an earlier one of that owner and name."""
        ...

    async def get(self, owner: str, name: str) -> bytes:
        """The file. Raises LookupError when there is none."""
        ...

    async def delete(self, owner: str, name: str) -> None:
        """Forget the file; nothing happens when there is none."""
        ...


def key_of(owner: str, name: str) -> str:
    """The place of a file, such as `raygen-5f0c/0a1b2c3d4e5f6071-plot.png`: no name leads elsewhere, and no two meet."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{_UNSAFE.sub('_', owner)}/{digest}-{_UNSAFE.sub('_', name)[-_SHOWN:]}"
