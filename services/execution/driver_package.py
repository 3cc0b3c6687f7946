"""How a program travels: a zip of its working directory, the same bytes for the same content."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass

_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class DriverPackage:
    """A package for Ray's store; the name is derived from the content."""

    name: str
    content: bytes


def pack(files: Mapping[str, bytes], *, read_only: Collection[str] = ()) -> DriverPackage:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = (0o444 if name in read_only else 0o644) << 16
            archive.writestr(entry, files[name])
    content = buffer.getvalue()
    return DriverPackage(f"_ray_pkg_{hashlib.sha256(content).hexdigest()[:32]}.zip", content)
