"""Errors that a person can do something about end a command with one sentence and status 1."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import click

from services.domain.errors import RaygenError


@contextmanager
def explained() -> Generator[None]:
    """Raises ClickException for errors that a sentence explains; others pass."""
    try:
        yield
    except RaygenError as error:
        raise click.ClickException(error.public) from None
    except Exception as error:
        if sentence := _of_the_machine(error):
            raise click.ClickException(sentence) from None
        raise


def _of_the_machine(error: Exception) -> str:
    """What the database or the file system refuses; empty for any other error."""
    kind = type(error)
    if kind.__module__ == "sqlalchemy.exc" and kind.__name__ in {
        "OperationalError",
        "DatabaseError",
        "ArgumentError",
    }:
        return "The database can't be opened. `raygen doctor` shows why."
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}."
    return ""
