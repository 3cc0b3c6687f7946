# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# boto3 makes its clients from data at run time; nothing of them is typed.
"""Secrets in AWS Secrets Manager."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    TokenRetrievalError,
)

from services.secrets.unreadable import Unreadable

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_INVALID = frozenset(
    {
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
    }
)
_REASONS = {
    "AccessDeniedException": "AWS denies raygen access to it. Grant `secretsmanager:GetSecretValue`",
    "AccessDenied": "AWS denies raygen access to it. Grant `secretsmanager:GetSecretValue`",
    "ResourceNotFoundException": "AWS Secrets Manager has no such secret",
    "InvalidRequestException": "it is marked for deletion in AWS Secrets Manager",
    "DecryptionFailure": "AWS can't decrypt it. Grant `kms:Decrypt` for its key",
    **dict.fromkeys(_EXPIRED, "raygen's AWS credentials have expired. Renew them"),
    **dict.fromkeys(_INVALID, "AWS rejects raygen's credentials. Correct them"),
}


def text(name: str) -> str:
    """The text of a secret by its name or ARN. Blocks. Raises Unreadable."""
    region = name.split(":")[3] if name.startswith("arn:") and name.count(":") >= 6 else None
    config = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
    try:
        client: Any = boto3.Session(region_name=region).client("secretsmanager", config=config)
        answer = client.get_secret_value(SecretId=name)
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        raise Unreadable(_REASONS.get(code, "AWS Secrets Manager can't be asked right now")) from None
    except NoCredentialsError:
        raise Unreadable("raygen has no AWS credentials") from None
    except TokenRetrievalError:
        raise Unreadable(_REASONS["ExpiredToken"]) from None
    except NoRegionError:
        raise Unreadable("raygen has no AWS region. Set `AWS_REGION`") from None
    except (BotoCoreError, OSError, ValueError):
        raise Unreadable("AWS Secrets Manager can't be asked right now") from None
    found = answer.get("SecretString")
    if not isinstance(found, str):
        raise Unreadable("it is stored as bytes in AWS Secrets Manager, not as text")
    return found
