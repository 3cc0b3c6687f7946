"""What sample apps import to ask a model, which answers with the words it was asked."""

from types import SimpleNamespace
from typing import Any


class APIConnectionError(Exception): ...


class RateLimitError(Exception): ...


class AuthenticationError(Exception): ...


class APIStatusError(Exception): ...


class OpenAI:
    def __init__(self, **_: Any) -> None:
        self.chat = SimpleNamespace(completions=SimpleNamespace(create=self._complete))
        self.responses = SimpleNamespace(create=self._respond)

    @staticmethod
    def _complete(*, messages: list[dict[str, Any]], **_: Any) -> Any:
        message = SimpleNamespace(content=f"**echo** {messages[-1]['content']}")
        return SimpleNamespace(choices=[SimpleNamespace(message=message)])

    @staticmethod
    def _respond(*, input: list[dict[str, Any]], **_: Any) -> Any:  # noqa: A002 -- the real one's name
        return SimpleNamespace(output_text=f"echo {input[-1]['content']}")
