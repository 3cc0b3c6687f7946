"""What looks like a secret: variable names that usually hold one, and literals that are one."""

from __future__ import annotations

import re

_NAME = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|SECRET|API_?KEY|_PWD$"
    r"|(?:^|_)(?:KEY|TOKEN|PASS|PWD_?HASH|CREDENTIALS?|PRIVATE|COOKIE|AUTH|DSN)(?:S|_|$)",
    re.IGNORECASE,
)
_LITERALS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("an Anthropic key", re.compile(r"\bsk-ant-[A-Za-z0-9_-]{16}")),
    ("an API key", re.compile(r"\bsk-(?:proj-)?[A-Za-z0-9]{32}")),
    ("a Slack token", re.compile(r"\bxox[abeprs]-[A-Za-z0-9-]{10}|\bxapp-\d-[A-Z0-9]{6}")),
    ("a GitHub token", re.compile(r"\bgh[opsur]_[A-Za-z0-9]{30}|\bgithub_pat_[A-Za-z0-9_]{30}")),
    ("a Hugging Face token", re.compile(r"\bhf_[A-Za-z0-9]{30}")),
    ("a Google API key", re.compile(r"\bAIza[0-9A-Za-z_-]{35}")),
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----")),
)
_HINT = re.compile(r"AKIA|ASIA|sk-|xox|xapp-|gh[opsur]_|github_pat_|hf_|AIza|-----BEGIN ")


def is_secret_name(name: str) -> bool:
    """Whether an environment variable of this name usually holds a secret."""
    return bool(_NAME.search(name))


def kind_of(literal: str) -> str | None:
    """What secret a literal looks like, in words; None for ordinary text."""
    if len(literal) < 16 or not _HINT.search(literal):
        return None
    return next((kind for kind, pattern in _LITERALS if pattern.search(literal)), None)
