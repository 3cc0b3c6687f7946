"""Masks texts that are known to be secret, wherever a run's output holds them and in whatever usual form."""

from __future__ import annotations

import base64
import codecs
import contextlib
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast
from urllib.parse import quote, quote_plus, urlsplit

from services.domain.checkpoints import LeftFiles
from services.domain.untrusted_data import from_json
from services.domain.values import Outcome
from services.security.redaction import cleaned

# In characters. A shorter one is masked as it stands; what is derived from it would also be in other texts.
_LONG = 8
# Of a text that was cut off: how much of a secret's beginning or end is enough to be part of it.
_PART = 12
_LINE = 12
_DEEPEST = 20
_CUT = "…"
_PERCENT = re.compile(r"%[0-9A-F]{2}")
_CUTS = 1000


class KnownSecrets:
    """The values of the secrets of one run, by name; none where it has no secrets."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._names: dict[str, str] = {}
        for name, value in values.items():
            for form in _forms(value):
                self._names.setdefault(form, name)
        # Of two that begin at one place the longer one is meant.
        self._longest_first = sorted(self._names, key=len, reverse=True)

    def __bool__(self) -> bool:
        return bool(self._names)

    def masked(self, text: str) -> str:
        """`text` with each of them replaced by `[secret NAME]`, also where it was cut off in the middle of one."""
        return self._edges(self._whole(text))

    def outcome(self, outcome: Outcome) -> Outcome:
        """With all its texts and files masked; files of other formats that hold a secret are left out."""
        if not self:
            return outcome
        found = cleaned(outcome, self.masked)
        holding = {each.name: self._within(each.content) for each in found.artifacts}
        kept = tuple(each for each in found.artifacts if not holding[each.name])
        remarks = [
            f"{name} isn't kept, since it contains the secret {secret}."
            for name, secret in holding.items()
            if secret
        ]
        return replace(found, artifacts=kept, remarks=(*found.remarks, *remarks))

    def left(self, left: LeftFiles) -> LeftFiles:
        """Checkpoints without those that hold a secret, since a file that was masked can't be gone on from."""
        if not self:
            return left
        kept = tuple(file for file in left.files if not self._within(file.content + file.name.encode()))
        gone = [file for file in left.files if file not in kept]
        return LeftFiles(
            kept, left.left_out + len(gone), left.left_out_size + sum(len(file.content) for file in gone)
        )

    def stream(self) -> MaskedStream:
        """For a text that comes in portions."""
        return MaskedStream(self)

    def certain(self, text: str) -> int:
        """How much of a text's beginning more text at its end can't change."""
        end = len(text) - max((_begun(text, form) for form in self._longest_first), default=0)
        return next((at for at, form in self._found(text) if at < end < at + len(form)), end)

    def _whole(self, text: str) -> str:
        made, end = "", 0
        for at, form in self._found(text):
            made += f"{text[end:at]}[secret {self._names[form]}]"
            end = at + len(form)
        return made + text[end:] if end else text

    def _found(self, text: str) -> Iterator[tuple[int, str]]:
        """What of them is in a text, each with its place, from left to right and without overlap."""
        places = {form: at for form in self._longest_first if (at := text.find(form)) >= 0}
        while places:
            form, at = min(places.items(), key=lambda each: each[1])
            yield at, form
            end = at + len(form)
            for each in [each for each, at in places.items() if at < end]:
                places[each] = text.find(each, end)
                if places[each] < 0:
                    del places[each]

    def _edges(self, text: str) -> str:
        """The parts of a text, at its ends and where something was left out, without parts of secrets there."""
        parts = text.split(_CUT) if text.count(_CUT) < _CUTS else [text]
        return _CUT.join(map(self._edge, parts))

    def _edge(self, text: str) -> str:
        for form in self._longest_first:
            if len(form) > _PART:
                if (size := _begun(text, form)) >= _PART:
                    text = f"{text[:-size]}[secret {self._names[form]}]"
                if (size := _ended(text, form)) >= _PART:
                    text = f"[secret {self._names[form]}]{text[size:]}"
        return text

    def _within(self, content: bytes) -> str:
        """The name of a secret in a file's bytes; empty where there is none."""
        for form in self._longest_first:
            if any(form.encode(encoding) in content for encoding in ("utf-8", "utf-16-le", "utf-16-be")):
                return self._names[form]
        return ""


class MaskedStream:
    """A text in portions, which may end in the middle of a secret: what could become one is held back."""

    def __init__(self, known: KnownSecrets) -> None:
        self._known = known
        self._held = ""

    def feed(self, text: str) -> str:
        """What has become certain."""
        text = self._held + text
        end = self._known.certain(text)
        self._held = text[end:]
        return self._known._whole(text[:end])  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # its other half

    def close(self) -> str:
        """The rest."""
        rest, self._held = self._held, ""
        return self._known.masked(rest)


def _begun(text: str, form: str) -> int:
    """How many characters at the end of `text` are the beginning of `form`, but not all of it."""
    at = text.find(form[0], max(len(text) - len(form) + 1, 0))
    while at != -1 and not form.startswith(text[at:]):
        at = text.find(form[0], at + 1)
    return len(text) - at if at != -1 else 0


def _ended(text: str, form: str) -> int:
    """How many characters at the beginning of `text` are the end of `form`, but not all of it."""
    at = text.rfind(form[-1], 0, len(form) - 1)
    while at != -1 and not form.endswith(text[: at + 1]):
        at = text.rfind(form[-1], 0, at)
    return at + 1


def _forms(value: str) -> set[str]:
    """A value and what becomes of it in usual texts."""
    found = {value}
    for part in {value, *_parts(value)}:
        if len(part) >= _LONG:
            found |= {part, *_escaped(part), *_encoded(part)}
    return found


def _parts(value: str) -> Iterator[str]:
    """What is a secret by itself: a line of a key, a text in JSON, the password of an address."""
    yield value.strip()
    lines = [line.strip() for line in value.splitlines()]
    if len(lines) > 1:
        yield from (line for line in lines if len(line) >= _LINE)
    if value.lstrip().startswith(("{", "[")):
        with contextlib.suppress(ValueError):
            yield from _texts(from_json(value))
    with contextlib.suppress(ValueError):
        yield urlsplit(value).password or ""


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict() | list() if depth < _DEEPEST:
            items: Iterable[Any] = (
                cast("dict[str, Any]", value).values()
                if isinstance(value, dict)
                else cast("list[Any]", value)
            )
            for inner in items:
                yield from _texts(inner, depth + 1)
        case _:
            pass


def _escaped(text: str) -> set[str]:
    percent = {quote(text), quote(text, safe=""), quote_plus(text)}
    return {
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        repr(text)[1:-1],
        repr(text.encode())[2:-1],
        html.escape(text),
        *percent,
        *(_PERCENT.sub(lambda code: code[0].lower(), each) for each in percent),
    }


def _encoded(text: str) -> set[str]:
    data = text.encode()
    found = {data.hex(), data.hex().upper(), codecs.encode(data, "base64").decode().strip()}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        found.add(encode(data).decode())
        for before in range(3):  # as its place in what was encoded may be
            end = (before + len(data)) * 8 // 6
            found.add(encode(bytes(before) + data).decode()[-(-before * 8 // 6) : end])
    return {each for each in found if len(each) >= _LONG}
