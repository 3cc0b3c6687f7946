# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# boto3 makes its clients from data at run time; nothing of them is typed.
"""The runtime as boto3 reaches it: which one, in which region, and what its control plane says of it."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.agentcore.errors import (
    RuntimeBusy,
    RuntimeFailed,
    RuntimeInterrupted,
    RuntimeMissing,
    RuntimeRefused,
    RuntimeSilent,
    RuntimeUnreachable,
)
from services.agentcore.invocation import public_error
from services.domain.errors import RaygenError, SettingsError
from services.domain.values import Readiness

PART = "agentcore"
SILENCE = 180.0
"""Seconds without a byte after which an answer is given up; the runtime sends a beat far more often."""
_DENIED = {"AccessDeniedException", "UnauthorizedException"}


@dataclass(frozen=True, slots=True)
class Address:
    """A runtime by its ARN, one of its endpoints by `qualifier`; `url` is another data plane than the region's own."""

    arn: str
    qualifier: str = "DEFAULT"
    url: str | None = None

    def __post_init__(self) -> None:
        parts = self.arn.split(":")
        if len(parts) != 6 or parts[2] != "bedrock-agentcore" or not parts[5].startswith("runtime/"):
            raise SettingsError(
                "RAYGEN_AGENTCORE_ARN must be a runtime's ARN: `arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/ID`."
            )

    @property
    def region(self) -> str:
        return self.arn.split(":")[3]

    @property
    def id(self) -> str:
        return self.arn.rpartition("/")[2]


class RuntimeClient:
    """Calls of one runtime, by the credentials of the AWS environment; each is sent once, whatever comes of it."""

    def __init__(self, address: Address, *, silence: float = SILENCE) -> None:
        self.address = address
        self._silence = silence
        self._lock = threading.Lock()
        self._client: Any = None

    def invoke(self, session: str, payload: bytes) -> Any:
        """What boto3 answers, its stream under `response`; blocks, and raises what boto3 does."""
        return self._connected().invoke_agent_runtime(
            agentRuntimeArn=self.address.arn,
            qualifier=self.address.qualifier,
            runtimeSessionId=session,
            contentType="application/json",
            accept="text/event-stream",
            payload=payload,
        )

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                config = Config(
                    connect_timeout=10,
                    read_timeout=self._silence,
                    # A second attempt after a read timeout would start the work twice.
                    retries={"total_max_attempts": 1},
                    tcp_keepalive=True,
                    max_pool_connections=50,
                )
                session: Any = boto3.Session(region_name=self.address.region)
                self._client = session.client(
                    "bedrock-agentcore", endpoint_url=self.address.url, config=config
                )
            return self._client


_STRANGE = "The AWS control plane sent an unexpected response."
_WORDS: dict[type[RaygenError], str] = {
    RuntimeUnreachable: "The AWS control plane can't be reached from here.",
    RuntimeRefused: "AWS rejected the credentials: they are wrong or have expired.",
    RuntimeMissing: "No such runtime in this account and region. Check RAYGEN_AGENTCORE_ARN.",
    RuntimeFailed: "The AWS control plane failed. Try again in a minute.",
    RuntimeBusy: "The AWS control plane is busy. Try again in a minute.",
    RuntimeSilent: "The AWS control plane did not answer in time.",
    RuntimeInterrupted: "The connection to the AWS control plane was lost.",
}


def _in_doctors_words(error: RaygenError) -> str:
    """A thread's messages are about a request and mention `raygen doctor`; here they are reworded for the doctor."""
    if type(error) is RuntimeRefused and error.public != RuntimeRefused().public:
        return error.public
    return _WORDS.get(type(error), error.public)


async def look(address: Address) -> Readiness:
    """What the control plane says of the runtime; only reads, and `missing` may be a remark of one that is ready."""
    return await asyncio.to_thread(_look, address)


def _look(address: Address) -> Readiness:
    config = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})
    try:
        session: Any = boto3.Session(region_name=address.region)
        control = session.client("bedrock-agentcore-control", config=config)
        found = control.get_agent_runtime(agentRuntimeId=address.id)
    except ClientError as error:
        if str(error.response.get("Error", {}).get("Code")) in _DENIED:
            return Readiness(
                PART,
                ready=True,
                missing="Its status is unknown: allow bedrock-agentcore:GetAgentRuntime to this identity to see it. Requests need only bedrock-agentcore:InvokeAgentRuntime.",
            )
        return Readiness(PART, ready=False, missing=_in_doctors_words(public_error(error)))
    except (BotoCoreError, OSError) as error:
        return Readiness(PART, ready=False, missing=_in_doctors_words(public_error(error)))
    except (AttributeError, TypeError, LookupError, ValueError):  # botocore on JSON of another shape
        return Readiness(PART, ready=False, missing=_STRANGE)
    status = str(found.get("status", ""))
    if status == "READY":
        return Readiness(PART, ready=True)
    missing = f"The runtime is {status}; it accepts requests once it is READY." if status else _STRANGE
    return Readiness(PART, ready=False, missing=missing)
