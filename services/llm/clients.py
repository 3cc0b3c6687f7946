"""Clients of the model services."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anthropic
import httpx2
from anthropic.lib.bedrock import AsyncAnthropicBedrock, AsyncAnthropicBedrockMantle

from services.llm.access import Access, Provider

Client = anthropic.AsyncAnthropic | AsyncAnthropicBedrock | AsyncAnthropicBedrockMantle


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
