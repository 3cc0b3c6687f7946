"""What stands in for secrets in a validation: texts of the same shape that hold nothing of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import string
from collections.abc import Iterator
from typing import Any, cast

from services.domain.untrusted_data import from_json

TOKEN = "x" * 40
"""The shape of a secret whose value is unknown."""

# What keys of well-known services begin with, and anyone may know.
_PREFIX = re.compile(
    r"sk-(?:ant-(?:api03-|admin01-)?|proj-|svcacct-|admin-|or-v1-)?|[srp]k_(?:live|test)_|gh[opsur]_|github_pat_|glpat-|hf_|xox[abeprs]-|xapp-|"
    r"AKIA|ASIA|AIza|ya29\.|npm_|pypi-|dapi|dop_v1_|SG\.|eyJ|r8_|nvapi-|gsk_|pat-|lin_api_|wandb_v1_|key-|whsec_"
)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,30}://")
_FRAME = re.compile(r"-----(?:BEGIN|END) [A-Z0-9 ]{1,40}-----")
_HEX = frozenset(string.hexdigits.lower())
# What gives structure to tokens and addresses. Anything else that is no letter or digit becomes a hyphen.
_KEPT = frozenset("-_.:/=+@?&\n\r")
_DEEPEST = 20
# Letters and digits by which a dummy is told from other texts.
_RECOGNISED = 8
# Between the name of a secret and where a part of it is.
_OF = "/"


class Dummies:
    """Makes them from a key of this process, so that they are the same as long as it lives, and no two processes' are."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._marker = self._digest("marker")[:8]
        self._made: dict[str, str] = {}
        self._parts: dict[str, list[str]] = {}

    def get(self, name: str) -> str | None:
        return self._made.get(name)

    def make(self, name: str, value: str) -> str:
        """The dummy for a secret, by the shape of its value."""
        made = self._shaped(name, value)
        if not self._parts.get(name):  # too short to be told from other texts
            made = self._text(name, TOKEN)
        self._made[name] = made
        return made

    def within(self, text: str) -> tuple[str, ...]:
        """The names of those whose dummies are in `text`, or a part of one, such as the password of an address."""
        return tuple(name for name, parts in self._parts.items() if any(part in text for part in parts))

    def _shaped(self, name: str, value: str) -> str:
        if value.lstrip().startswith(("{", "[")):
            try:
                return json.dumps(self._tree(name, from_json(value)))
            except ValueError:
                pass
        kept = [found.span() for found in _FRAME.finditer(value)]
        if first := (_ADDRESS.match(value) or _PREFIX.match(value)):
            kept.append(first.span())
        made, at = "", 0
        for start, end in sorted(kept):
            made += self._text(f"{name}{_OF}{at}", value[at:start]) + value[start:end]
            at = end
        return made + self._text(f"{name}{_OF}{at}", value[at:])

    def _tree(self, path: str, value: Any, depth: int = 0) -> Any:
        """JSON with the same keys and other texts and numbers."""
        if depth > _DEEPEST:
            raise ValueError("it is nested too deeply")
        match value:
            case dict():
                items = cast("dict[str, Any]", value).items()
                return {key: self._tree(f"{path}{_OF}{key}", inner, depth + 1) for key, inner in items}
            case list():
                found = enumerate(cast("list[Any]", value))
                return [self._tree(f"{path}{_OF}{at}", inner, depth + 1) for at, inner in found]
            case str():
                return self._shaped(path, value)
            case bool() | None:
                return value
            case int():
                return int(self._text(path, str(abs(value))))
            case _:
                return 0.5

    def _text(self, name: str, shape: str) -> str:
        """Letters for letters and digits for digits, of the same alphabet; this process's marker comes first."""
        stream = self._stream(name)
        marker = iter(self._marker)
        is_hex = _HEX.issuperset(shape) and not (shape.isdigit() or shape.isalpha())
        made = "".join(self._other(each, next(marker, None), stream, is_hex=is_hex) for each in shape)
        if sum(map(str.isalnum, made)) >= _RECOGNISED:
            self._parts.setdefault(name.partition(_OF)[0], []).append(made)
        return made

    @staticmethod
    def _other(character: str, marked: str | None, stream: Iterator[int], *, is_hex: bool) -> str:
        if is_hex:
            return marked or string.hexdigits[next(stream) % 16]
        at = int(marked, 16) if marked else next(stream)
        if character.isdigit():
            return string.digits[at % 10]
        if character.isalpha():
            letters = string.ascii_uppercase if character.isupper() else string.ascii_lowercase
            return letters[at % 26]
        return character if character in _KEPT else "-"

    def _stream(self, name: str) -> Iterator[int]:
        count = 0
        while True:
            yield from bytes.fromhex(self._digest(f"{name}\0{count}"))
            count += 1

    def _digest(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()
