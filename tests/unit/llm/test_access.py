"""What models are called where."""

from __future__ import annotations

import pytest

from bot.playground.anthropic import models
from bot.playground.anthropic.errors import ApiError
from services.llm.access import Provider, model_id

ON_BEDROCK = (Provider.BEDROCK, Provider.BEDROCK_CLASSIC)


def test_anthropic_and_gateways_get_the_name_as_it_is() -> None:
    assert model_id(Provider.ANTHROPIC, "claude-sonnet-5-5") == "claude-sonnet-5-5"


@pytest.mark.parametrize("provider", ON_BEDROCK)
def test_bedrock_gets_the_vendor_before_the_name(provider: Provider) -> None:
    assert model_id(provider, "claude-sonnet-5-5") == "anthropic.claude-sonnet-5-5"


@pytest.mark.parametrize(
    "name",
    [
        "anthropic.claude-sonnet-5-5",
        "eu.anthropic.claude-sonnet-5-5-v1:0",
        "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc123",
    ],
)
def test_ids_of_bedrocks_own_stay(name: str) -> None:
    assert model_id(Provider.BEDROCK, name) == name


@pytest.mark.parametrize(
    "identifier",
    [
        "anthropic.claude-sonnet-5-5",
        "eu.anthropic.claude-sonnet-5-5-v1:0",
        "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-sonnet-5-5-v1:0",
    ],
)
def test_the_stand_in_knows_bedrocks_ids(identifier: str) -> None:
    assert models.on_bedrock(identifier) == "claude-sonnet-5-5"


def test_the_stand_in_refuses_bare_names_on_bedrock_and_bedrocks_ids_elsewhere() -> None:
    with pytest.raises(ApiError, match="identifier is invalid"):
        models.on_bedrock("claude-sonnet-5-5")
    with pytest.raises(ApiError, match=r"model: anthropic\."):
        models.find("anthropic.claude-sonnet-5-5")
