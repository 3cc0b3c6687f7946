"""Logging: one JSON object a line for machines, a short line for a terminal; never tokens, never message text."""

from __future__ import annotations

import json
import logging
import re
import sys
import time

_SECRET = re.compile(r"(xox[a-z]-|xapp-|sk-ant-)[A-Za-z0-9-]+")
# Libraries that log whole payloads at INFO or DEBUG.
_LOUD = ("slack_bolt", "slack_sdk", "httpx2", "httpcore2", "aiohttp.access", "anthropic", "aiosqlite", "dbos")


def configure(level: str) -> None:
    """Log to standard error from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Terminal() if sys.stderr.isatty() else _Json())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _LOUD:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))


def masked(text: str) -> str:
    """The text with everything that looks like one of our tokens cut short."""
    return _SECRET.sub(lambda found: f"{found[1]}…", text)


class _Terminal(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return masked(f"{time.strftime('%H:%M:%S')} {record.levelname.lower():7} {super().format(record)}")


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": round(record.created, 3),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return masked(json.dumps(entry, ensure_ascii=False))
