"""Whether the database opens, and the disk has room."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from bot.doctor.finding import Finding
from bot.settings import Settings, values
from services.domain.disk_space import RESERVE
from services.domain.errors import StorageFull
from services.store import Store, open_database
from services.text.formatting import human_bytes


async def check(settings: Settings) -> Finding:
    shown = values.shown(settings.database)
    try:
        settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        async with open_database(settings.database) as engine:
            Store(engine).disk.check()
            return Finding("database", ok=True, found=shown)
    except StorageFull:
        found = f"the disk of {settings.state_dir} is full"
        advice = f"Free up space: with less than {human_bytes(RESERVE)}, new requests are refused."
        return Finding("database", ok=False, found=found, advice=advice)
    except (SQLAlchemyError, OSError, KeyError) as error:
        advice = "Check RAYGEN_DATABASE_URL, and the permissions of RAYGEN_STATE_DIR."
        reason = f"{error.strerror or error}" if isinstance(error, OSError) else type(error).__name__
        return Finding("database", ok=False, found=f"{shown} can't be opened ({reason})", advice=advice)
