"""Snippets in AWS Lambda."""

from __future__ import annotations

from typing import Any, cast

from pydantic import ValidationError

from services.domain.untrusted_data import from_json
from services.lambdas import errors
from services.lambdas.errors import FunctionError
from services.lambdas.function import Function
from services.lambdas.wire import SnippetAnswer, SnippetEvent, load_snippet
from services.snippets.interface import OUTPUT, TIMEOUT, Snippet

ENGINE = "lambda"


class LambdaSnippets:
    """Implements SnippetRunner by `function`; that it can't be had is the snippet's error."""

    def __init__(self, function: Function) -> None:
        self._function = function

    async def run(self, code: str, *, limit: float = TIMEOUT) -> Snippet:
        event = SnippetEvent(code=code, timeout=limit, details=True)
        try:
            payload = await self._function.invoke(event.model_dump())
            return snippet_of(payload, self._function.name)
        except FunctionError as error:
            return Snippet(error=error.public, engine=ENGINE)


def snippet_of(payload: Any, name: str) -> Snippet:
    """The snippet in an answer of the function `name`. Raises FunctionGarbled for another shape."""
    try:
        body = SnippetAnswer.model_validate(_unfolded(payload)).body
        snippet = _plain(body.output, body.errors) if body.details is None else load_snippet(body.details)
    except (ValidationError, ValueError):
        raise errors.garbled(name) from None
    if snippet.success != body.success:
        raise errors.garbled(name)
    return snippet


def _unfolded(payload: object) -> object:
    """Functions that are made for API Gateway give their body as text."""
    answer = cast("dict[str, Any]", payload) if isinstance(payload, dict) else {}
    body = answer.get("body")
    return {**answer, "body": from_json(body)} if isinstance(body, str) else cast("object", payload)


def _plain(output: str, failure: str) -> Snippet:
    """For a function that returns no details, such as another system's."""
    return Snippet(output[:OUTPUT], error=failure or None, engine=ENGINE, truncated=len(output) > OUTPUT)
