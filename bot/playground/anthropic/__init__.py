"""A stand-in for Anthropic's Messages API over HTTP: scripted answers and faults first, the cookbook otherwise."""

from bot.playground.anthropic.faults import Cut, ErrorEvent, Fault, HttpError, Reset, Stall
from bot.playground.anthropic.script import (
    Script,
    empty,
    out_of_tokens,
    paused,
    refusal,
    say,
    truncated_use,
    use,
)
from bot.playground.anthropic.server import ModelStandIn
from bot.playground.cookbook.dialogue import Answer, Dialogue, Say, Use

__all__ = [
    "Answer",
    "Cut",
    "Dialogue",
    "ErrorEvent",
    "Fault",
    "HttpError",
    "ModelStandIn",
    "Reset",
    "Say",
    "Script",
    "Stall",
    "Use",
    "empty",
    "out_of_tokens",
    "paused",
    "refusal",
    "say",
    "truncated_use",
    "use",
]
