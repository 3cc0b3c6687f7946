from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.options import json_option, loaded

if TYPE_CHECKING:
    from services.validation.examine import Examined


@click.command()
@click.argument("file", type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.argument("arguments", nargs=-1)
@json_option
@click.option(
    "--input",
    "inputs",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="A file or folder to put into the program's working directory, read-only; can be repeated. Python files that the"
    " program imports are checked with it.",
)
@click.option("--main", default="", help="Which file of a folder or zip archive is the program.")
@click.option(
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    help="The value of a parameter that the program's header declares; can be repeated. A parameter with a validation value is"
    " validated with that.",
)
def command(
    file: Path,
    arguments: Sequence[str],
    inputs: Sequence[Path],
    main: str,
    parameters: Sequence[str],
    *,
    as_json: bool,
) -> None:
    """Check the Ray program in FILE and run it in a sealed cluster; - reads it from standard input.

    FILE is a Python file, a notebook, a zip archive or a folder. In the last two `main.py` is the program, or the only file
    that no other one imports. ARGUMENTS are the program's own; put -- before them: raygen validate FILE -- --days 7

    The exit status is 0 if validation passed, 1 if it failed, and 2 if the program couldn't be validated.
    """
    from bot.reports import validation

    examined = asyncio.run(_examined(file, inputs, main, parameters, arguments))
    click.echo(validation.as_json(examined) if as_json else validation.as_text(examined))
    sys.exit(validation.status(examined))


async def _examined(
    file: Path, inputs: Sequence[Path], main: str, parameters: Sequence[str], arguments: Sequence[str]
) -> Examined:
    from bot.reports import input_files, validation
    from services.domain import projects
    from services.domain.values import InputFile

    settings = loaded()
    if str(file) == "-":
        content = InputFile("<stdin>", sys.stdin.buffer.read())
        converted = await projects.plain(projects.text_of(content))
        made = projects.Project("", converted.code, (), (converted.note,))
    else:
        made = await input_files.program(file, main, settings.inputs)
    beside = [found for path in inputs for found in input_files.read(path, settings.inputs)]
    given = validation.given(made.code, parameters, arguments)
    examined = await validation.examined(settings, made.code, [*made.files, *beside], given)
    return examined.noted(*made.notes)
