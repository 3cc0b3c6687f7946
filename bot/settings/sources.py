"""Where settings come from: the environment and a `.env` file."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Original, parse_stream

from bot.settings.settings import FIELDS

ENVIRONMENT = "environment"
_PREFIX = "RAYGEN_"


@dataclass(frozen=True, slots=True)
class Given:
    """A value as it was written, and where: `environment` or the file's name."""

    text: str
    origin: str


@dataclass(frozen=True, slots=True)
class Sources:
    """What the environment and the `.env` file say."""

    given: Mapping[str, Given]
    """Values by environment variable; the environment takes precedence over the file."""
    faults: tuple[str, ...] = ()
    """One sentence for each thing that makes the file unreadable."""
    warnings: tuple[str, ...] = field(default=())
    """One sentence for each name that looks like a misspelt setting."""


def read(env_file: Path | None, environment: Mapping[str, str] | None = None) -> Sources:
    """Read the `.env` file, if it exists, and the environment (by default this process's)."""
    environment = os.environ if environment is None else environment
    texts, faults = _file(env_file) if env_file is not None and env_file.is_file() else ({}, ())
    origin = str(env_file)
    found = {name.upper(): Given(text, origin) for name, text in texts.items()}
    found |= {name.upper(): Given(text, ENVIRONMENT) for name, text in environment.items()}
    given = {name: found[name] for name in FIELDS if name in found}
    warnings = [
        *_warnings((name for name in texts if name.upper() not in environment), f" in {origin}", typos=True),
        *_warnings(environment, "", typos=False),
    ]
    return Sources(given, faults, tuple(warnings))


def _file(path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    try:
        with path.open(encoding="utf-8") as stream:
            bindings = list(parse_stream(stream))
    except UnicodeDecodeError:
        return {}, (f"{path} isn't UTF-8 text: save it as UTF-8.",)
    except OSError as error:
        return {}, (f"{path} can't be read ({error.strerror}): check its permissions, or remove it.",)
    faults = tuple(
        f"Line {_line(binding.original)} of {path} isn't a setting: write `NAME=value`."
        for binding in bindings
        if binding.error or (binding.key is not None and binding.value is None)
    )
    if faults:
        return {}, faults
    return {name: text for name, text in dotenv_values(path).items() if text is not None}, ()


def _line(original: Original) -> int:
    """The parser counts the empty lines before a setting as a part of it."""
    text = original.string
    return original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _warnings(names: Iterable[str], where: str, *, typos: bool) -> list[str]:
    """`typos` looks at names without raygen's prefix, too."""
    sentences: list[str] = []
    for name in sorted(names):
        upper = name.upper()
        close = difflib.get_close_matches(upper, FIELDS, n=1, cutoff=0.8)
        ours = upper.startswith(_PREFIX)
        if upper in FIELDS or not (ours or (typos and close)):
            continue
        advice = f"did you mean {close[0]}?" if close else "`raygen settings` lists the settings."
        sentences.append(f"{name}{where} isn't a setting: {advice}")
    return sentences
