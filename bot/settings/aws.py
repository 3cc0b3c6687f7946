from __future__ import annotations

from typing import Literal

from pydantic import Field

from bot.settings.base import SettingsGroup, Url


class AwsSettings(SettingsGroup):
    """AWS

    The parts of raygen that can run on AWS ([AWS](aws.md)). Credentials come from the usual places: environment, profile or role.
    """

    aws_region: str | None = Field(None, alias="AWS_REGION")
    """The AWS region. Required for Bedrock and for `RAYGEN_GATEWAY_AUTH=sigv4`."""
    supervisor: Literal["embedded", "agentcore"] = Field("embedded", alias="RAYGEN_SUPERVISOR")
    """Where programs and answers are written: `embedded` in this process, or `agentcore` in the runtime RAYGEN_AGENTCORE_ARN, with that runtime's models and validation."""
    agentcore_arn: str = Field("", alias="RAYGEN_AGENTCORE_ARN")
    """The ARN of the Bedrock AgentCore runtime in which `raygen agentcore` runs."""
    agentcore_qualifier: str = Field("DEFAULT", alias="RAYGEN_AGENTCORE_QUALIFIER")
    """The endpoint of the runtime to call."""
    agentcore_url: Url | None = Field(None, alias="RAYGEN_AGENTCORE_URL")
    """The address of AgentCore's data plane, such as a private endpoint. Default: the region's public endpoint."""
    validation_lambda: str = Field("", alias="RAYGEN_VALIDATION_LAMBDA")
    """The name or ARN of the Lambda that validates programs. Required for `RAYGEN_VALIDATION=lambda`."""
    snippets_lambda: str = Field("", alias="RAYGEN_SNIPPETS_LAMBDA")
    """The name or ARN of the Lambda that runs small calculations. Required for `RAYGEN_SNIPPETS=lambda`."""
    lambda_url: Url | None = Field(None, alias="RAYGEN_LAMBDA_URL")
    """The address of AWS Lambda, such as a private endpoint. Default: the region's public endpoint."""
