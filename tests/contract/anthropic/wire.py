"""Requests as the product sends them, and a client that asks the stand-in once."""

from typing import Any

import anthropic

from bot.playground.anthropic import ModelStandIn

MODEL = "claude-sonnet-5-5"


def tool(name: str, *fields: str) -> dict[str, Any]:
    properties = {field: {"type": "string"} for field in fields}
    return {
        "name": name,
        "description": "A tool.",
        "input_schema": {"type": "object", "properties": properties, "required": list(fields)},
    }


WRITE = tool("write_program", "request")
SUBMIT = tool("submit_program", "title", "purpose", "code")


def ask(prompt: str, **more: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": prompt}]
    return {"model": MODEL, "max_tokens": 16_000, "messages": messages, **more}


async def overhear(client: anthropic.AsyncAnthropic, heard: list[str]) -> None:
    """Stream an answer into `heard`, which keeps what came before a fault."""
    async with client.messages.stream(**ask("x")) as stream:
        async for text in stream.text_stream:
            heard.append(text)  # noqa: PERF401  # a comprehension would lose them all at a fault


def client_of(standin: ModelStandIn, *, retries: int = 0, timeout: float = 10.0) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(
        api_key="sk-test", base_url=standin.url, max_retries=retries, timeout=timeout
    )
