# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# boto3 makes its clients from data at run time; nothing of them is typed.
"""Artifacts as objects of an S3 bucket, or of any service that speaks its protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.artifacts.interface import key_of
from services.domain.errors import ArtifactsUnavailable

_MISSING = {"NoSuchKey", "404", "NotFound"}


class S3Store:
    """Keeps objects in `bucket`, their keys beginning with `prefix`.

    Credentials are those of the AWS environment; `endpoint` is the address of another service than Amazon's.
    """

    def __init__(
        self, bucket: str, prefix: str = "", *, region: str | None = None, endpoint: str | None = None
    ) -> None:
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._region = region
        self._endpoint = endpoint
        self._client: Any = None

    async def put(self, owner: str, name: str, content: bytes) -> None:
        await self._call(lambda client, place: client.put_object(**place, Body=content), owner, name)

    async def get(self, owner: str, name: str) -> bytes:
        return await self._call(lambda client, place: client.get_object(**place)["Body"].read(), owner, name)

    async def delete(self, owner: str, name: str) -> None:
        await self._call(lambda client, place: client.delete_object(**place), owner, name)

    async def _call(self, call: Callable[[Any, dict[str, str]], Any], owner: str, name: str) -> Any:
        place = {"Bucket": self._bucket, "Key": self._prefix + key_of(owner, name)}
        try:
            return await asyncio.to_thread(lambda: call(self._connected(), place))
        except ClientError as error:
            if str(error.response.get("Error", {}).get("Code")) in _MISSING:
                raise LookupError(name) from None
            raise ArtifactsUnavailable from error
        except (BotoCoreError, OSError) as error:
            raise ArtifactsUnavailable from error

    def _connected(self) -> Any:
        if self._client is None:
            config = Config(
                connect_timeout=5,
                read_timeout=30,
                retries={"mode": "standard", "total_max_attempts": 3},
                # Other services know neither Amazon's newer checksums nor buckets as host names.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path"} if self._endpoint else {},
            )
            session: Any = boto3.Session(region_name=self._region)
            self._client = session.client("s3", endpoint_url=self._endpoint, config=config)
        return self._client
