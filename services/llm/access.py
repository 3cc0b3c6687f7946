"""How a model service is reached: Anthropic's own, Amazon Bedrock through either API, or a gateway with the same API.

Settings import this, so it does without the SDK, which is slow to import.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
