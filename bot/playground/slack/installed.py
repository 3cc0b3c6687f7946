"""The app as its manifest installs it: what it may call, what it hears, and what people find in their menus."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]

HISTORY = {
    "channel": "channels:history",
    "group": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}
DOMAINS = 5
READ = {kind: scope.replace("history", "read") for kind, scope in HISTORY.items()}
MESSAGES = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}

#: What a method needs, by the kind of conversation where that matters; Slack documents it with each method.
METHOD_SCOPES: dict[str, str | dict[str, str]] = {
    "agents.sessions.setStatus": "assistant:write",
    "agents.sessions.rename": "assistant:write",
    "assistant.threads.setStatus": "assistant:write",
    "assistant.threads.setTitle": "assistant:write",
    "assistant.threads.setSuggestedPrompts": "assistant:write",
    "bots.info": "users:read",
    "chat.appendStream": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.startStream": "chat:write",
    "chat.stopStream": "chat:write",
    "chat.unfurl": "links:write",
    "chat.update": "chat:write",
    "conversations.history": HISTORY,
    "conversations.info": READ,
    "conversations.join": "channels:join",
    "conversations.members": READ,
    "conversations.open": "im:write",
    "conversations.replies": HISTORY,
    "files.completeUploadExternal": "files:write",
    "files.delete": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "reactions.add": "reactions:write",
    "reactions.get": "reactions:read",
    "reactions.remove": "reactions:write",
    "team.info": "team:read",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
    "users.list": "users:read",
    "users.lookupByEmail": "users:read.email",
}
#: What an event needs; a manifest that subscribes to one without its scope is refused.
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "link_shared": "links:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    **{f"message.{MESSAGES[kind]}": scope for kind, scope in HISTORY.items()},
}


@dataclass(frozen=True, slots=True)
class Installed:
    """Shortcuts are pairs of their kind (`message`, `global`) and callback ID; links to `domains` are unfurled.

    `functions` are steps for workflows, by callback ID, as the manifest declares them.
    `menus` is what people's clients show of it, as the manifest says it: commands, shortcuts, and suggested prompts.
    """

    scopes: frozenset[str]
    events: frozenset[str]
    commands: frozenset[str]
    shortcuts: frozenset[tuple[str, str]]
    home_tab: bool
    interactive: bool
    domains: tuple[str, ...] = ()
    functions: Mapping[str, Json] = field(default_factory=dict[str, Json])
    menus: Mapping[str, Sequence[Json]] = field(default_factory=dict[str, Sequence[Json]])
    organizations: bool = False

    @classmethod
    def by(cls, manifest: Json) -> "Installed":
        """Raises ValueError for a manifest that Slack would not take."""
        features, settings = manifest["features"], manifest["settings"]
        events = settings.get("event_subscriptions", {}).get("bot_events", [])
        scopes = manifest["oauth_config"]["scopes"]["bot"]
        missing = {EVENT_SCOPES[event] for event in events if event in EVENT_SCOPES} - set(scopes)
        commands, shortcuts = features.get("slash_commands", []), features.get("shortcuts", [])
        if (commands or shortcuts) and "commands" not in scopes:
            missing.add("commands")
        if missing:
            raise ValueError(f"the manifest lacks {', '.join(sorted(missing))}")
        domains = features.get("unfurl_domains", [])
        if len(domains) > DOMAINS:
            raise ValueError(f"the manifest has more than {DOMAINS} unfurl_domains")
        return cls(
            frozenset(scopes),
            frozenset(events),
            frozenset(one["command"] for one in commands),
            frozenset((one["type"], one["callback_id"]) for one in shortcuts),
            features.get("app_home", {}).get("home_tab_enabled", False),
            settings.get("interactivity", {}).get("is_enabled", False),
            tuple(domains),
            manifest.get("functions", {}),
            {
                "commands": commands,
                "shortcuts": shortcuts,
                "prompts": features.get("agent_view", {}).get("suggested_prompts", []),
            },
            settings.get("org_deploy_enabled", False),
        )

    def watched(self, url: str) -> str:
        """The domain of the app's that an address is in, itself or below it; empty where it is in none."""
        host = (urlsplit(url).hostname or "").lower()
        return next((one for one in self.domains if host == one or host.endswith(f".{one}")), "")

    def lacks(self, method: str, kind: str | None) -> str:
        """The scope that it would need to call a method, for a conversation of this kind; empty when it may."""
        needed = needs(method, kind)
        return "" if not needed or needed in self.scopes else needed

    def hears(self, event: Json) -> bool:
        name = event["type"]
        if name == "message":
            name = f"message.{MESSAGES.get(event.get('channel_type', 'channel'), 'channels')}"
        return name in self.events


def needs(method: str, kind: str | None) -> str:
    """The scope that a method needs; one that depends on the conversation needs the public one's without any."""
    scope = METHOD_SCOPES.get(method, "")
    return scope.get(kind or "channel", "") if isinstance(scope, dict) else scope
