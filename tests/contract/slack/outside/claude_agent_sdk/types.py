"""The one type that sample apps name."""

from typing import Any, TypedDict


class McpHttpServerConfig(TypedDict):
    type: str
    url: str
    headers: dict[str, Any]
