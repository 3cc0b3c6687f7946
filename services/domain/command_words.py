"""A command line that a person wrote, as the words that a shell would make of it; no shell ever reads it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from services.domain.errors import BadRequest
from services.domain.parameters import check_arguments

_LONGEST = 25_000
# What keyboards make of two hyphens.
_DASH = re.compile(r"[\u2012-\u2015]\w")


def split(text: str) -> tuple[str, ...]:
    """The arguments in `text`. Raises BadRequest for a quote that is not closed, and for arguments that no program gets."""
    if len(text) > _LONGEST:
        raise BadRequest(f"The arguments can have at most {_LONGEST:,} characters.")
    try:
        words = shlex.split(text)
    except ValueError:
        raise BadRequest(
            "A quote or a backslash in the arguments is not closed. Close it, as in `--name 'two words'`."
        ) from None
    if dashed := next((word for word in words if _DASH.match(word)), ""):
        raise BadRequest(
            f"`{dashed[:40]}` begins with a dash. Options begin with hyphens, as in `--{dashed[1:38]}`."
        )
    check_arguments(words)
    return tuple(words)


def joined(arguments: Sequence[str]) -> str:
    """The text that `split` reads as these arguments."""
    return shlex.join(arguments)
