# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# boto3 makes its clients from data at run time; nothing of them is typed.
"""A token that is kept in AWS Secrets Manager."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.domain.errors import SettingsError, TargetUnavailable
from services.domain.untrusted_data import from_json

_KEY = "token"


def read_token(arn: str) -> str:
    """The secret's text, or the `token` of one that is a JSON object.

    Raises SettingsError when there is none for us, TargetUnavailable when Secrets Manager can't be asked now.
    """
    config = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
    region = arn.split(":")[3] if arn.startswith("arn:") and arn.count(":") >= 6 else None
    try:
        client: Any = boto3.Session(region_name=region).client("secretsmanager", config=config)
        text = str(client.get_secret_value(SecretId=arn)["SecretString"])
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in {"AccessDeniedException", "ResourceNotFoundException", "InvalidRequestException"}:
            raise SettingsError(
                f"The secret with the cluster token can't be read ({code}). Check RAYGEN_RAY_TOKEN_SECRET."
            ) from error
        raise TargetUnavailable("The secret with the cluster token can't be read right now.") from error
    except KeyError:
        raise SettingsError("The secret with the cluster token contains no text.") from None
    except (BotoCoreError, OSError) as error:
        raise TargetUnavailable("The secret with the cluster token can't be read right now.") from error
    if not (token := _token(text).strip()):
        raise SettingsError("The secret with the cluster token contains no `token`.")
    return token


def _token(text: str) -> str:
    try:
        secret: Any = from_json(text)
    except ValueError:
        return text
    return str(secret.get(_KEY, "")) if isinstance(secret, dict) else text
