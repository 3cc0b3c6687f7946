"""Imports of much code at once."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def collected_later() -> Generator[None]:
    """Import without garbage collection, which finds nothing then and takes a quarter of the time.

    What was imported stays for good, so later collections leave it out.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
