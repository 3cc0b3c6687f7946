"""Data connections and where their samples are kept."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from bot.settings import Settings
from bot.wiring import data_file, secret_file
from bot.wiring.files import artifact_store
from services.data.samples import StoredSamples
from services.data.unpacked import UnpackedSamples
from services.domain.connections import Connection
from services.domain.destination import Destination
from services.domain.errors import SettingsError
from services.validation.data import Data
from services.validation.supplies import Supplies


def samples(settings: Settings, targets: Collection[str]) -> StoredSamples | None:
    """The samples of all connections, for targets of these names; None without connections. Raises SettingsError."""
    if settings.data is None:
        return None
    found = data_file.read(settings.data, targets)
    return StoredSamples(
        connections={name: _with_defaults(settings, each) for name, each in found.items()},
        store=artifact_store(settings),
        key=_key(settings),
        secrets=secret_file.secrets(settings, targets).value,
    )


def _with_defaults(settings: Settings, connection: Connection) -> Connection:
    """With the region and the endpoint of the settings, which may come from a file and not from the environment."""
    if not connection.place.startswith(("s3", "glue")):
        return connection
    defaults = {"region": settings.aws_region or "", "endpoint": settings.s3_endpoint or ""}
    return replace(
        connection, options={**{name: each for name, each in defaults.items() if each}, **connection.options}
    )


def usable(settings: Settings, found: StoredSamples) -> Data:
    """What programs can use of it, with its samples unpacked below the state directory."""
    return Data(found, UnpackedSamples(settings.state_dir / "samples"))


def supplies(settings: Settings, targets: Collection[str], asker: Destination | None = None) -> Supplies:
    """What a program can use; an operator's, without `asker`, everything. Raises SettingsError."""
    found = samples(settings, targets)
    return Supplies(
        data=usable(settings, found) if found else None,
        secrets=secret_file.secrets(settings, targets),
        asker=asker,
    )


NOBODY = Destination(user="", channel="", target="")
"""For whom nothing is open but what everybody may use everywhere."""


def _key(settings: Settings) -> bytes:
    if settings.data_key is not None:
        return hashlib.sha256(settings.data_key.get_secret_value().encode()).digest()
    try:
        return _own_key(settings.state_dir / "data.key")
    except OSError as error:
        raise SettingsError(
            f"RAYGEN_STATE_DIR can't be written to ({error.strerror}): choose another folder, or set RAYGEN_DATA_KEY."
        ) from None


def _own_key(path: Path) -> bytes:
    """Made once; of two processes that begin at once, both get that of the first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(32))
    try:
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
    return path.read_bytes()
