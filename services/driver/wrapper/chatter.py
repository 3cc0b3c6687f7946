"""Limits what Ray's libraries log to errors; what a program logs by their names is kept."""

from __future__ import annotations

import logging
import os
from typing import Any


def hush(package: Any) -> None:
    """Keep what Ray says of itself off the program's standard error, for loggers that `package`, just imported, has set up.

    Ray's own log files on the cluster have all of it.
    """
    own = _LibraryLogFilter(os.path.dirname(os.path.dirname(os.path.abspath(package.__file__))) + os.sep)
    for handler in logging.getLogger(package.__name__).handlers:
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            handler.addFilter(own)


class _LibraryLogFilter(logging.Filter):
    """Lets pass what was logged by a file outside of `folder`, and errors from anywhere."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR or not record.pathname.startswith(self._folder)
