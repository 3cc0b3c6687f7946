from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr

from bot.settings.base import SettingsGroup, StringList, Url
from services.llm.access import Provider
from services.supervisor.meter import Price

_PRICE = re.compile(r"([^\s=]+)\s*=\s*(\d+(?:\.\d+)?)/(\d+(?:\.\d+)?)")


def _prices(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = [_PRICE.fullmatch(part.strip()) for part in value.split(",") if part.strip()]
    if None in found:
        raise ValueError("write `model=input/output`, separated by commas, such as `claude-sonnet-5-5=3/15`")
    return {match[1]: Price(float(match[2]), float(match[3])) for match in found if match}


class ModelSettings(SettingsGroup):
    """Models

    Which models write programs and answers, how they are reached, and what one request may use.
    """

    anthropic_api_key: SecretStr | None = Field(None, alias="ANTHROPIC_API_KEY")
    """The API key for Claude. Required for the provider `anthropic`."""
    anthropic_base_url: Url | None = Field(None, alias="ANTHROPIC_BASE_URL")
    """The address of a gateway that offers the Messages API. Default: Anthropic's own API."""
    provider: Provider = Field(Provider.ANTHROPIC, alias="RAYGEN_PROVIDER")
    """Where the models run: `anthropic`, `bedrock` (Amazon Bedrock by Mantle) or `bedrock-classic` (its classic API). Bedrock uses AWS_REGION and the usual AWS credentials."""
    bedrock_url: Url | None = Field(None, alias="RAYGEN_BEDROCK_URL")
    """The address of Amazon Bedrock, such as a private endpoint; for Mantle it ends in `/anthropic`. Default: the region's public endpoint."""
    model: str = Field("claude-sonnet-5-5", alias="RAYGEN_MODEL")
    """The supervisor's model, which reads requests and writes answers. On Bedrock, the prefix `anthropic.` is added to a bare name."""
    generator_model: str = Field("claude-sonnet-5-5", alias="RAYGEN_GENERATOR_MODEL")
    """The model that writes programs."""
    fallback_models: StringList = Field((), alias="RAYGEN_FALLBACK_MODELS")
    """Models to use while the configured one is overloaded, separated by commas, preferred first. Users can also choose one of them for their requests."""
    model_deadline: float = Field(180.0, gt=0, alias="RAYGEN_MODEL_DEADLINE")
    """The time limit for one model response, in seconds."""
    attempts: int = Field(5, ge=1, le=10, alias="RAYGEN_ATTEMPTS")
    """How many drafts of a program one request may use."""
    budget_tokens: int = Field(400_000, gt=0, alias="RAYGEN_BUDGET_TOKENS")
    """How many tokens one request may use."""
    budget_money: float | None = Field(None, gt=0, alias="RAYGEN_BUDGET_MONEY")
    """How much one request may cost, in USD. Requires RAYGEN_PRICES. Default: no limit."""
    budget_wall: float = Field(900.0, gt=0, alias="RAYGEN_BUDGET_WALL")
    """How long one request may call models, in seconds."""
    prices: Annotated[dict[str, Price], BeforeValidator(_prices)] = Field({}, alias="RAYGEN_PRICES")
    """Prices in USD per million input and output tokens: `claude-sonnet-5-5=3/15, claude-haiku-5-5=1/5`. Default: costs aren't calculated."""
