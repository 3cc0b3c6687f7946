"""What a shell command would do, from its text: the few that break other people's work."""

from __future__ import annotations

import re

# A command stands at the start, after a separator, or after something that runs another command.
_HEAD = (
    r"(?:^|[;&|(`\n]|\$\(|\b(?:sudo|xargs|nohup|exec|env|timeout|nice|then|do|else)\s(?:-\S+\s|\d\S*\s){0,4}"
    r"|\b(?:ba|z|da)?sh\s-l?c\s['\"]?)\s{0,8}(?:/\S{0,40}/)?"
)
_SYSTEM_PATHS = (
    r"(?:/|/\*|~|~/|~/\*|\$HOME/?|/(?:bin|boot|dev|etc|home|lib|opt|root|sbin|srv|sys|usr|var)/?\*?)"
)

_COMMANDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ray-stop", re.compile(_HEAD + r"ray\s{1,8}(?:stop|down|kill-random-node)\b")),
    ("ray-stop", re.compile(r"-m\s{1,8}ray\.scripts\.scripts\s{1,8}(?:stop|down|kill-random-node)\b")),
    ("fork-bomb", re.compile(r":\s{0,4}\(\s{0,4}\)\s{0,4}\{\s{0,4}:\s{0,4}\|\s{0,4}:")),
    (
        "kills-processes",
        re.compile(_HEAD + r"(?:pkill|killall|kill|skill|fuser\s{1,8}-k)\b(?!\s{1,8}-(?:l|0)\b)"),
    ),
    (
        "wipes-files",
        re.compile(
            _HEAD
            + r"rm\s{1,8}(?:-{1,2}\S{1,40}\s{1,8}){0,6}(?:-\S{0,40}\s{1,8})?['\"]?"
            + _SYSTEM_PATHS
            + r"['\"]?(?:\s|;|&|$)"
        ),
    ),
    ("wipes-files", re.compile(_HEAD + r"(?:mkfs(?:\.\w{1,10})?|wipefs|shred)\s")),
    ("wipes-files", re.compile(_HEAD + r"dd\s[^;|&\n]{0,200}\bof=/dev/(?!null)")),
    (
        "stops-machine",
        re.compile(
            _HEAD
            + r"(?:shutdown|reboot|halt|poweroff|init\s{1,8}[06]|systemctl\s{1,8}(?:poweroff|reboot|halt))\b"
        ),
    ),
)


def rule_for(command: str) -> str | None:
    """The id of the rule that a command breaks, or None for an ordinary one."""
    return next((rule for rule, pattern in _COMMANDS if pattern.search(command)), None)
