"""What of a person's request is too much, or doesn't fit."""

from services.domain.errors import BadRequest
from services.domain.parameters import Given, check_arguments
from services.domain.parser_process import run_isolated
from services.domain.program_header import script
from services.domain.projects import plain

PROMPT_LIMIT = 8000
"""In characters."""


def check_length(text: str) -> None:
    """Raises BadRequest for a text that is longer than the limit."""
    if len(text) > PROMPT_LIMIT:
        raise BadRequest(
            f"That request has {len(text):,} characters. The limit is {PROMPT_LIMIT:,}. "
            "Shorten it and try again."
        )


async def checked(code: str, given: Given) -> Given:
    """What is given for this program, without what are its defaults. Raises BadRequest where it doesn't fit the program."""
    if not given.values:
        check_arguments(given.arguments)
        return given
    header = await run_isolated(script, (await plain(code)).code)
    if header.problem:
        raise BadRequest(header.problem)
    return Given.of(header.parameters, given.values, given.arguments)
