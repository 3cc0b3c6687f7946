"""The Lambda that runs snippets: in Monty, and what needs more of Python than that in WebAssembly.

Each call has interpreters of its own, which end with it.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

from bot.lambdas.events import Context, read, seconds_left
from services.domain.errors import BadRequest, RaygenError
from services.lambdas.wire import RUN, SnippetAnswer, SnippetBody, SnippetEvent, dump_snippet
from services.snippets.interface import Snippet
from services.snippets.runner import open_snippets

_RESERVE = 2.5
_LEAST = 0.5
_CUT = "… more than this was not kept …"
_TOO_LATE = "This function has too little time left to run anything. Raise its timeout."


def handler(event: object, context: Context | None) -> dict[str, Any]:
    """`{code, timeout}` to `{statusCode, body: {output, errors, success}}`; never raises for what is in the event."""
    return asyncio.run(answered(event, context))


async def answered(event: object, context: Context | None) -> dict[str, Any]:
    """As `handler`."""
    try:
        asked = read(SnippetEvent, event, context, RUN)
        left = seconds_left(context) - _RESERVE
        if left < _LEAST:
            raise BadRequest(_TOO_LATE)
        async with open_snippets(namespaces=False) as runner:
            snippet = await runner.run(asked.code, limit=min(asked.timeout, round(left, 1)))
    except RaygenError as error:
        return _told(HTTPStatus.BAD_REQUEST, SnippetBody(success=False, errors=error.public))
    details = dump_snippet(snippet) if asked.details else None
    body = SnippetBody(
        output=shown(snippet), errors=snippet.error or "", success=snippet.success, details=details
    )
    return _told(HTTPStatus.OK, body)


def shown(snippet: Snippet) -> str:
    """What was printed, and the value of a last expression in a line of its own, as an interpreter shows it.

    Of what was more than is kept, it says so.
    """
    text = snippet.output
    for line in (snippet.value, _CUT if snippet.truncated else None):
        if line is not None:
            apart = "\n" if text and not text.endswith("\n") else ""
            text += f"{apart}{line}\n"
    return text


def _told(status: HTTPStatus, body: SnippetBody) -> dict[str, Any]:
    return SnippetAnswer(statusCode=status, body=body).model_dump(
        mode="json", exclude=None if body.details else {"body": {"details"}}
    )
