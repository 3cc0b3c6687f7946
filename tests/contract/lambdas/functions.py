"""Small functions for real `awslambdaric`: what can go wrong in one."""

from __future__ import annotations

import os
import time
from typing import Any


def echo(event: Any, context: Any) -> Any:
    custom = context.client_context.custom if context.client_context else None
    return {
        "event": event,
        "custom": custom,
        "left": context.get_remaining_time_in_millis(),
        "pid": os.getpid(),
    }


def crash(event: Any, context: Any) -> Any:
    os._exit(3)


def fail(event: Any, context: Any) -> Any:
    raise ValueError("secret words of the inside")


def sleep(event: Any, context: Any) -> Any:
    time.sleep(30)


def large(event: Any, context: Any) -> Any:
    return "x" * 6_400_000
