# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# boto3 makes its clients from data at run time; nothing of them is typed.
"""Reads the credentials with which samples are taken. They are in memory for as long as a sample takes, and nowhere else."""

from __future__ import annotations

import configparser
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.domain.connections import Connection, Origin
from services.domain.errors import DataUnavailable
from services.domain.untrusted_data import from_json


@dataclass(frozen=True, slots=True)
class Value:
    """The credentials of a connection: nothing for a chain."""

    connection: Connection
    text: str = field(default="", repr=False)

    def parts(self) -> dict[str, str]:
        """The text as names with values, lower-cased: JSON, `NAME=VALUE` lines, or an AWS credentials file."""
        if self.text.lstrip().startswith("{"):
            try:
                found = from_json(self.text)
            except ValueError:
                raise DataUnavailable(self._sentence("isn't valid JSON")) from None
            return (
                {_plain(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
            )
        parser = configparser.ConfigParser(interpolation=None, default_section="\0")
        try:
            headed = self.text.lstrip().startswith("[")
            parser.read_string(self.text if headed else f"[default]\n{self.text}")
        except configparser.Error:
            return {}
        section = "default" if parser.has_section("default") else next(iter(parser.sections()), "")
        return {_plain(name): value.strip("'\"") for name, value in parser.items(section)} if section else {}

    def session(self) -> Any:
        """AWS's session: its chain, a profile of it, or what the value says. Raises DataUnavailable."""
        import boto3  # noqa: PLC0415  # it takes longer to load than most of what is read without it
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415

        connection = self.connection
        region = connection.options.get("region")
        if connection.credentials.origin is Origin.CHAIN:
            try:
                return boto3.Session(profile_name=connection.credentials.name or None, region_name=region)
            except BotoCoreError:
                raise DataUnavailable(
                    self._sentence("names a profile that AWS's configuration doesn't have")
                ) from None
        if connection.credentials.origin is Origin.NONE:
            return boto3.Session(region_name=region)
        parts = self.parts()
        key, secret = (
            parts.get("awsaccesskeyid") or parts.get("accesskeyid"),
            parts.get("awssecretaccesskey") or parts.get("secretaccesskey"),
        )
        if not key or not secret:
            raise DataUnavailable(self._sentence("must hold aws_access_key_id and aws_secret_access_key"))
        token = parts.get("awssessiontoken") or parts.get("sessiontoken")
        return boto3.Session(key, secret, token, region_name=region)

    def client(self, service: str) -> Any:
        """A client of an AWS service, of any service that speaks its protocol with the option `endpoint`. Raises DataUnavailable."""
        from botocore import UNSIGNED  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError, ClientError, NoRegionError  # noqa: PLC0415

        endpoint = self.connection.options.get("endpoint") if service == "s3" else None
        endpoint = endpoint or self.connection.options.get(f"{service}_endpoint")
        config = Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "total_max_attempts": 3},
            signature_version=UNSIGNED if self.connection.credentials.origin is Origin.NONE else None,
            s3={"addressing_style": "path"} if endpoint or os.environ.get("AWS_ENDPOINT_URL_S3") else {},
        )
        try:
            return self.session().client(service, endpoint_url=endpoint, config=config)
        except NoRegionError:
            raise DataUnavailable(
                f"`{self.connection.name}` has no AWS region: add `region` to its options, or set AWS_REGION."
            ) from None
        except (BotoCoreError, ClientError, ValueError):
            raise DataUnavailable(self._sentence("can't be used")) from None

    def _sentence(self, wrong: str) -> str:
        origin, name = self.connection.credentials.origin, self.connection.credentials.name
        return f"`{self.connection.name}`: the credentials in {origin} {name} {wrong}. Correct them.".replace(
            "  ", " "
        )


def value_of(connection: Connection, secret: str = "") -> Value:
    """Read the credentials, or take the value of the secret that they are. Raises DataUnavailable with a sentence that says which are missing."""
    name = connection.credentials.name
    match connection.credentials.origin:
        case Origin.ENVIRONMENT:
            text = os.environ.get(name, "")
            missing = f"the environment variable {name} is not set: set it to the credentials"
        case Origin.FILE:
            try:
                text = Path(name).expanduser().read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                why = error.strerror if isinstance(error, OSError) else "it isn't UTF-8"
                raise DataUnavailable(
                    f"`{connection.name}`: the credentials file {name} can't be read ({why}). Check its path and its owner."
                ) from None
            missing = f"the credentials file {name} is empty: write the credentials into it"
        case Origin.SECRET:
            text = secret
            missing = f"there is no secret {name}: add it to RAYGEN_SECRETS"
        case _:
            return Value(connection)
    if not text:
        raise DataUnavailable(f"`{connection.name}`: {missing}.")
    return Value(connection, text)


def _plain(name: object) -> str:
    return str(name).lower().replace("_", "").replace("-", "")
