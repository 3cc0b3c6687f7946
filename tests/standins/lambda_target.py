# pyright: reportUnknownMemberType=false
"""A gateway's target that is a Lambda, asked as AgentCore's gateways do it: by boto3, with the tool's name in the client context."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from mcp.server.mcpserver.exceptions import ToolError
from urllib3.exceptions import HTTPError

from services.gateway import names

_WORDS = "An internal error occurred. Please retry later."


@dataclass
class LambdaTarget:
    """Implements the gateway stand-in's Tool by the function `function` of the Lambda at `url`; `patience` is in seconds.

    Whatever goes wrong, callers learn that something did, and nothing else.
    """

    url: str
    function: str
    tool: str = names.VALIDATION
    patience: float = 60.0
    _clients: dict[float, Any] = field(default_factory=dict[float, Any], repr=False)

    async def __call__(self, arguments: dict[str, Any]) -> object:
        try:
            return await asyncio.to_thread(self._invoke, arguments)
        except (BotoCoreError, ClientError, HTTPError, OSError, ValueError):
            raise ToolError(_WORDS) from None

    def _invoke(self, arguments: dict[str, Any]) -> object:
        if self.patience not in self._clients:
            config = Config(read_timeout=self.patience, retries={"total_max_attempts": 1})
            self._clients[self.patience] = boto3.client(
                "lambda", endpoint_url=self.url, region_name="eu-central-1", config=config
            )
        context = json.dumps({"custom": {"bedrockAgentCoreToolName": self.tool}}).encode()
        answer = self._clients[self.patience].invoke(
            FunctionName=self.function,
            ClientContext=base64.b64encode(context).decode(),
            Payload=json.dumps(arguments).encode(),
        )
        reported = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise ValueError("the function failed")
        return reported
