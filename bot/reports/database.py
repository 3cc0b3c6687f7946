"""The bot's database, for commands that read it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.settings import Settings
from services.domain.errors import BadRequest
from services.store import open_database


@asynccontextmanager
async def existing_database(settings: Settings) -> AsyncGenerator[AsyncEngine]:
    """Raises BadRequest when its file doesn't exist; none is created."""
    await asyncio.to_thread(_require_file, settings.database)
    async with open_database(settings.database) as engine:
        yield engine


def _require_file(url: str) -> None:
    file = url.removeprefix("sqlite:///")
    if file != url and not Path(file).exists():
        raise BadRequest(f"There is no database at {file}. Start the bot once, or set RAYGEN_DATABASE_URL.")
