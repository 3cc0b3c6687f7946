"""Slack's adjustable rules: time limits, retries, rate and size limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.playground.slack.installed import Installed


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `calls` in any window of `seconds`, counted per app or per channel."""

    calls: int
    seconds: float = 60.0
    per: Literal["app", "channel"] = "app"


#: What a local page should never meet in normal use; a runaway loop still does. `*` is for methods not named.
GENEROUS: Mapping[str, RateLimit] = {
    "*": RateLimit(3000),
    "chat.update": RateLimit(300, per="channel"),
    "chat.postMessage": RateLimit(300, per="channel"),
}

#: Slack's published tiers, for tests that want the real thing.
SLACK_TIERS: Mapping[str, RateLimit] = {
    "*": RateLimit(50),
    "apps.connections.open": RateLimit(1),
    "auth.test": RateLimit(600),
    "chat.postMessage": RateLimit(60, per="channel"),
    "chat.update": RateLimit(50, per="channel"),
    "chat.postEphemeral": RateLimit(100),
    "chat.startStream": RateLimit(20),
    "chat.appendStream": RateLimit(100),
    "chat.stopStream": RateLimit(20),
    "conversations.members": RateLimit(100),
    "users.info": RateLimit(100),
    "users.list": RateLimit(20),
    "conversations.list": RateLimit(20),
    "views.open": RateLimit(100),
    "views.publish": RateLimit(100),
    "views.push": RateLimit(100),
    "views.update": RateLimit(100),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """Times in seconds, sizes in characters; the defaults are Slack's own."""

    ack_timeout: float = 3.0
    #: How long commands and clicks wait for a bot that is not connected. Slack refuses them at once.
    connection_wait: float = 0.0
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    envelope_limit: int = 1000
    ticket_expiry: float = 30.0
    connection_limit: int = 10
    disconnect_grace: float = 10.0
    trigger_expiry: float = 3.0
    response_url_expiry: float = 1800.0
    response_url_uses: int = 5
    stream_expiry: float = 300.0
    stream_text: int = 12_000
    status_expiry: float = 120.0
    message_text: int = 40_000
    update_bytes: int = 4_000
    markdown_text: int = 12_000
    message_blocks: int = 50
    view_blocks: int = 100
    view_bytes: int = 250_000
    blocks_text: int = 13_200
    metadata_bytes: int = 8_000
    file_bytes: int = 256 * 1024 * 1024
    latency: float = 0.0
    rate_limits: Mapping[str, RateLimit] = field(default_factory=lambda: GENEROUS)
    #: With an app that a manifest installed, calls need its scopes, and it hears only what it subscribes to.
    installed: Installed | None = None
