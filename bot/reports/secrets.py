"""What `raygen secrets` prints of secrets; never a value."""

from __future__ import annotations

import json
from collections.abc import Sequence

from services.domain.errors import SecretUnavailable
from services.secrets.configured import ConfiguredSecrets
from services.secrets.interface import AwsSecret, EnvironmentVariable, OnTarget, Secret, SecretFile, Source

NONE = "There are no secrets. RAYGEN_SECRETS names them."


def as_json(secrets: Sequence[Secret]) -> str:
    return json.dumps(
        [
            {
                "name": secret.name,
                "source": where(secret.source),
                "description": secret.description,
                "users": sorted(secret.users),
                "channels": sorted(secret.channels),
                "targets": sorted(secret.targets),
            }
            for secret in secrets
        ]
    )


def as_text(secrets: Sequence[Secret]) -> str:
    """A line for each, and lines with its limits."""
    return "\n".join(line for secret in secrets for line in _lines(secret)) or NONE


async def checked(secrets: ConfiguredSecrets) -> dict[str, str]:
    """By name, why a value can't be read, as a sentence; empty where it can, or where only the target has it."""
    found: dict[str, str] = {}
    for secret in secrets.all:
        found[secret.name] = ""
        if not secret.on_target:
            try:
                await secrets.value(secret.name)
            except SecretUnavailable as error:
                found[secret.name] = error.public
    return found


def where(source: Source) -> str:
    match source:
        case EnvironmentVariable(variable):
            return f"environment variable {variable}"
        case SecretFile(path):
            return f"file {path}"
        case AwsSecret(id=name, key=key):
            return f"AWS Secrets Manager, {name}" + (f", key {key}" if key else "")
        case OnTarget():
            return "on the target"


def _lines(secret: Secret) -> list[str]:
    limits = {"users": secret.users, "channels": secret.channels, "targets": secret.targets}
    return [
        f"{secret.name}: {where(secret.source)}",
        *([f"  {secret.description}"] if secret.description else []),
        *[f"  only {what}: {', '.join(sorted(names))}" for what, names in limits.items() if names],
    ]
