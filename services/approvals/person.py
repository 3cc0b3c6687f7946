"""A person who asks or decides, as described by Slack or the operator."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody who asks; `foreign` is someone of another workspace, `gone` one whose account is closed.

    `teams` are the workspaces that they are members of, as far as Slack says: their own, and others of its organization.
    `approves` is what the operator has said of this very one by a token, who then needs no other reason to be heard.
    """

    id: str
    name: str
    guest: bool = False
    bot: bool = False
    foreign: bool = False
    approves: bool | None = None
    gone: bool = False
    teams: frozenset[str] = frozenset()


def mention(user: str) -> str:
    """How a sentence names a person: a mention for Slack's users, the name for holders of tokens."""
    return f"<@{user}>" if user[:1] in {"U", "W"} else user


def listed(names: list[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
