"""The orderly end of a command that serves until it is asked to stop."""

from __future__ import annotations

import asyncio
import signal


def on_signals() -> asyncio.Event:
    """Set once the process is asked to end."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    return ended
