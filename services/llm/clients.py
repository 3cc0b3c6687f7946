"""How a model service is reached: Anthropic's own, Amazon Bedrock by either of its doors, or a gateway that speaks like them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

import anthropic
import httpx2
from anthropic.lib.bedrock import AsyncAnthropicBedrock, AsyncAnthropicBedrockMantle

Client = anthropic.AsyncAnthropic | AsyncAnthropicBedrock | AsyncAnthropicBedrockMantle


class Provider(StrEnum):
    """Who serves the model."""

    ANTHROPIC = "anthropic"
    BEDROCK = "bedrock"
    BEDROCK_CLASSIC = "bedrock-classic"


def model_id(provider: Provider, name: str) -> str:
    """What the provider calls the model: Bedrock's IDs begin with the vendor, and may be ARNs or name a region."""
    if provider is Provider.ANTHROPIC or "anthropic." in name or name.startswith("arn:"):
        return name
    return f"anthropic.{name}"


@dataclass(frozen=True, slots=True)
class Access:
    """Where the service is and who we are there.

    On Bedrock, credentials are those of the AWS environment (keys, profile, role, or a bearer token).
    `stall` is how many seconds a stream may be silent.
    """

    provider: Provider = Provider.ANTHROPIC
    api_key: str | None = None
    base_url: str | None = None
    region: str | None = None
    stall: float = 60.0


@asynccontextmanager
async def open_client(access: Access) -> AsyncGenerator[Client]:
    """A client whose connections are closed with the context; it never tries twice, that is for our callers."""
    async with _client(access) as client:
        yield client


def _client(access: Access) -> Client:
    timeout = httpx2.Timeout(access.stall, connect=10.0)
    match access.provider:
        case Provider.ANTHROPIC:
            return anthropic.AsyncAnthropic(
                api_key=access.api_key, base_url=access.base_url, max_retries=0, timeout=timeout
            )
        case Provider.BEDROCK:
            return AsyncAnthropicBedrockMantle(
                aws_region=access.region, base_url=access.base_url, max_retries=0, timeout=timeout
            )
        case Provider.BEDROCK_CLASSIC:
            return AsyncAnthropicBedrock(
                aws_region=access.region, base_url=access.base_url, max_retries=0, timeout=timeout
            )
