from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import click

from bot.commands.options import json_option, loaded


@click.command()
@click.argument("file", type=click.File("rb"))
@json_option
@click.option(
    "--input",
    "inputs",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="A file or folder to put into the program's working directory, read-only; can be repeated. Python files that the"
    " program imports are checked with it.",
)
def command(file: BinaryIO, inputs: Sequence[Path], *, as_json: bool) -> None:
    """Check the Ray program in FILE and run it in a sealed cluster; - reads it from standard input.

    The exit status is 0 if validation passed, 1 if it failed, and 2 if the program couldn't be validated.
    """
    from bot.reports import input_files, validation
    from services.domain.errors import BadRequest

    try:
        code = file.read().decode()
    except UnicodeDecodeError:
        raise BadRequest(f"{file.name} isn't UTF-8 text, so it can't be a Python program.") from None
    beside = [found for path in inputs for found in input_files.read(path)]
    examined = asyncio.run(validation.examined(loaded(), code, beside))
    click.echo(validation.as_json(examined) if as_json else validation.as_text(examined))
    sys.exit(validation.status(examined))
