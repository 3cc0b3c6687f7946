"""How long a text of a person may be."""

from services.domain.errors import BadRequest

PROMPT_LIMIT = 8000
"""In characters."""


def check_length(text: str) -> None:
    """Raises BadRequest for a text that is longer than the limit."""
    if len(text) > PROMPT_LIMIT:
        raise BadRequest(
            f"That request has {len(text):,} characters. The limit is {PROMPT_LIMIT:,}. "
            "Shorten it and try again."
        )
