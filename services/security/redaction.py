"""Secrets by pattern: cloud keys, tokens, private keys and passwords in addresses are masked in what is shown and stored.

Every pattern is linear in the length of the text: it begins with characters that must be there, has no open end that may fail
later, or is bounded. Most texts hold none of the hints, and are only looked through for those.
"""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from services.domain.values import Artifact, Program

_T = TypeVar("_T")
_KEY_GAP = r"(?:[\s\"',]|\\[nr])*"


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of secret. `hints` are what a text that holds one must hold; group 1, where there is one, is the secret."""

    name: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]


def _kind(name: str, hints: str, pattern: str) -> _Kind:
    return _Kind(name, tuple(hints.split()), re.compile(pattern))


_KINDS = (
    _kind(
        "private key",
        "PRIVATE",
        r"-----BEGIN (?:[A-Z0-9]{2,10} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
        rf"(?:{_KEY_GAP}[A-Za-z-]{{4,20}}: [^\n\\]{{1,200}}){{0,4}}"
        rf"(?:{_KEY_GAP}[A-Za-z0-9+/=]{{16,}}+)*"
        rf"(?:{_KEY_GAP}(?:[A-Za-z0-9+/=]{{1,76}}+{_KEY_GAP})?-----END [A-Z0-9 ]{{0,40}}-----)?",
    ),
    _kind("Slack token", "xox xapp-", r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}+|xapp-[A-Za-z0-9-]{10,}+"),
    _kind(
        "Slack webhook",
        "hooks.slack.com",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9/]{20,}+)",
    ),
    _kind("Anthropic key", "sk-ant-", r"sk-ant-[A-Za-z0-9_-]{16,}+"),
    _kind("AWS access key", "AKIA ASIA", r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    _kind(
        "AWS secret key",
        "ecret ECRET",
        r"(?i:aws_?secret_?(?:access_?)?key|secretaccesskey)[\"']?\s{0,9}[:=]\s{0,9}[\"']?([A-Za-z0-9/+=]{40})(?![A-Za-z0-9/+=])",
    ),
    _kind("GitHub token", "gh github_pat_", r"gh[opsur]_[A-Za-z0-9]{30,}+|github_pat_[A-Za-z0-9_]{30,}+"),
    _kind("GitLab token", "glpat-", r"glpat-[A-Za-z0-9_-]{20,}+"),
    _kind("Google API key", "AIza", r"AIza[0-9A-Za-z_-]{35}"),
    _kind("Google token", "ya29.", r"ya29\.[0-9A-Za-z_-]{20,}+"),
    _kind(
        "Azure key", "AccountKey SharedAccessKey", r"(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/=]{40,}+)"
    ),
    _kind("Stripe key", "_live_", r"[srp]k_live_[0-9A-Za-z]{16,}+"),
    _kind("Hugging Face token", "hf_", r"(?<![A-Za-z0-9_])hf_[A-Za-z0-9]{30,}+"),
    _kind(
        "package token", "pypi-Ag npm_", r"pypi-Ag[A-Za-z0-9_-]{40,}+|(?<![A-Za-z0-9_])npm_[A-Za-z0-9]{36}"
    ),
    _kind(
        "API key",
        "sk-",
        r"(?<![A-Za-z0-9_-])sk-(?:proj-|svcacct-|admin-)[A-Za-z0-9_-]{20,}+|(?<![A-Za-z0-9_-])sk-[A-Za-z0-9]{32,}+",
    ),
    _kind(
        "JWT",
        "eyJ",
        r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}+\.eyJ[A-Za-z0-9_-]{10,}+\.[A-Za-z0-9_-]{0,}+",
    ),
    _kind(
        "authorization header",
        "earer EARER asic ASIC uthorization UTHORIZATION",
        r"(?i:\bbearer)\s{1,9}(?=[^\s\d]{0,200}\d)([A-Za-z0-9._~+/=-]{16,}+)"
        r"|(?i:authorization[\"']?\s{0,9}[:=]\s{0,9}[\"']?(?:basic|token|bearer))\s{1,9}([A-Za-z0-9._~+/=-]{6,}+)",
    ),
    _kind("password", "://", r"(?<=://)[^\s:/@'\"<>\[\]]{0,100}:([^\s@'\"<>/\[\]]{1,200})@"),
    _kind(
        "password",
        "assword= ASSWORD= wd= WD=",
        r"(?<=[;\s])(?i:password|pwd)=([^\s;'\"(),\[\]]{3,128})(?=[\s;'\"]|\Z)",
    ),
)
_NAMES = {kind.name for kind in _KINDS}
# The longer marks come first: what UTF-32 begins with begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MASK = re.compile(r"\[masked: ([A-Za-z ]{3,30})(?: #(\d{1,6}))?\]")


def masked(text: str) -> str:
    """`text` with each secret replaced by what kind it is, such as `[masked: Slack token]`; masking twice changes nothing."""
    for kind in _present(text):
        text = kind.pattern.sub(lambda found, name=kind.name: _put(found, f"[masked: {name}]"), text)
    return text


def replaced(text: str, mask: Callable[[str], str]) -> str:
    """`text` with each secret replaced by what `mask` makes of it."""

    def put(found: re.Match[str]) -> str:
        group = found.lastindex or 0
        start, end = found.start(group) - found.start(), found.end(group) - found.start()
        return found[0][:start] + mask(found[0][start:end]) + found[0][end:]

    for kind in _present(text):
        text = kind.pattern.sub(put, text)
    return text


def masks_in(text: str) -> tuple[str, ...]:
    """The kinds of the secrets that were masked in `text`, each once."""
    if "[masked: " not in text:
        return ()
    # A program may write anything that looks like a mask; raygen says only what it may have put there itself.
    return tuple(dict.fromkeys(mask[1] for mask in _MASK.finditer(text) if mask[1] in _NAMES))


def masks_in_file(content: bytes) -> tuple[str, ...]:
    """The same of a file's bytes."""
    encoding = _encoding(content)
    return masks_in(content.decode(encoding)) if encoding else ()


def hidden(text: str) -> str:
    """As `masked`, with a number for each secret, so that an edited version can be `restored`."""
    return _hide(text)[0]


def restored(edited: str, original: str) -> str:
    """What `edited` says once the secrets of `original` are back, which was `hidden` before somebody edited it."""
    secrets = _hide(original)[1]

    def secret(mask: re.Match[str]) -> str:
        number = int(mask[2] or 0)
        return secrets[number - 1] if 0 < number <= len(secrets) else mask[0]

    return _MASK.sub(secret, edited) if secrets else edited


def without_secrets(value: _T) -> _T:
    """A record with all its texts masked, as deep as they are; programs keep their code, byte for byte."""
    return cleaned(value, masked)


def cleaned(value: _T, mask: Callable[[str], str]) -> _T:
    """The same with another mask."""
    return _clean(value, mask)


def _present(text: str) -> list[_Kind]:
    return [kind for kind in _KINDS if any(hint in text for hint in kind.hints)]


def _put(found: re.Match[str], mask: str) -> str:
    """The match with its secret replaced: a group's, or all of it."""
    group = found.lastindex or 0
    start, end = found.start(group) - found.start(), found.end(group) - found.start()
    whole = found[0]
    return mask if _MASK.fullmatch(whole[start:end]) else whole[:start] + mask + whole[end:]


def _hide(text: str) -> tuple[str, tuple[str, ...]]:
    secrets: list[str] = []
    for kind in _present(text):

        def number(found: re.Match[str], name: str = kind.name) -> str:
            secrets.append(found[found.lastindex or 0])
            return _put(found, f"[masked: {name} #{len(secrets)}]")

        text = kind.pattern.sub(number, text)
    return text, tuple(secrets)


def _clean(value: Any, mask: Callable[[str], str]) -> Any:
    match value:
        case str() if type(value) is str:  # and no member of an enum
            found: Any = mask(value)
        case Program():
            found = dataclasses.replace(value, title=mask(value.title), purpose=mask(value.purpose))
        case Artifact():
            found = dataclasses.replace(value, name=mask(value.name), content=_file(value.content, mask))
        case tuple():
            found = tuple(_clean(inner, mask) for inner in cast("tuple[Any, ...]", value))
        case Mapping():
            items = cast("Mapping[Any, Any]", value).items()
            found = {_clean(name, mask): _clean(inner, mask) for name, inner in items}
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = [each.name for each in dataclasses.fields(value) if each.init]
            found = dataclasses.replace(
                value, **{name: _clean(getattr(value, name), mask) for name in fields}
            )
        case _:
            found = value
    return found


def _file(content: bytes, mask: Callable[[str], str]) -> bytes:
    """A file's bytes: what is text by its bytes is masked, whatever it is called."""
    encoding = _encoding(content)
    return mask(content.decode(encoding)).encode(encoding) if encoding else content


def _encoding(content: bytes) -> str:
    """By which a text is read and written byte for byte; empty for what is none, as all with a zero byte and no mark."""
    likely = [encoding for mark, encoding in _MARKS if content.startswith(mark)]
    # Without a mark it holds ASCII, as all secrets are; by Latin-1 each byte comes back as it was.
    for encoding in likely if b"\0" in content else [*likely, "utf-8", "latin-1"]:
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return ""
