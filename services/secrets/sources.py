"""Reads the values of secrets from where they are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast

from services.domain.errors import SecretUnavailable
from services.domain.untrusted_data import from_json
from services.secrets.interface import AwsSecret, EnvironmentVariable, OnTarget, Secret, SecretFile
from services.secrets.unreadable import Unreadable

LONGEST = 32 * 1024
"""In bytes. Linux passes a variable of at most 128 KiB to a process."""
SHORTEST = 4
"""In characters: in a program's output, a shorter one can't be masked without masking much else."""


def read(secret: Secret) -> str:
    """The value. Blocks. Raises SecretUnavailable."""
    try:
        value = _read(secret)
        return _checked(value)
    except Unreadable as error:
        raise SecretUnavailable(f"The secret {secret.name} can't be read: {error}.") from None


def _read(secret: Secret) -> str:
    match secret.source:
        case EnvironmentVariable(variable):
            value = os.environ.get(variable)
            if value is None:
                raise Unreadable(f"raygen's environment has no variable {variable}")
            return value
        case SecretFile(path):
            return _file(path)
        case AwsSecret(id=name, key=key):
            from services.secrets import aws  # noqa: PLC0415  # half a second, for those who use it

            return _field(aws.text(name), key) if key else aws.text(name)
        case OnTarget():
            raise Unreadable("only the target has it")


def _checked(value: str) -> str:
    if not value.strip():
        raise Unreadable("it is empty")
    if len(value) < SHORTEST:
        raise Unreadable(f"it has fewer than {SHORTEST} characters")
    if "\0" in value:
        raise Unreadable("it contains a zero byte, which no environment variable can have")
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise Unreadable("it isn't text in UTF-8") from None
    if size > LONGEST:
        raise Unreadable(f"it has more than {LONGEST // 1024} KiB")
    return value


def _file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST + 3)
    except OSError as error:
        raise Unreadable(f"its file can't be opened ({error.strerror})") from None
    try:
        return content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise Unreadable("its file isn't text in UTF-8") from None


def _field(text: str, key: str) -> str:
    try:
        found = from_json(text)
    except ValueError:
        raise Unreadable(f"it isn't a JSON object, so it has no `{key}`") from None
    value = cast("dict[str, Any]", found).get(key) if isinstance(found, dict) else None
    if value is None or isinstance(value, dict | list):
        raise Unreadable(f"it has no text under the key `{key}`")
    return value if isinstance(value, str) else str(value)
