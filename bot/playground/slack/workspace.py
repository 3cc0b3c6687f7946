"""The playground's workspaces: who and what exists in them before anyone types."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

TEAM = "TRAYGEN"
APP = "ARAYGEN"
BOT = "BRAYGEN"
BOT_USER = "URAYGEN"
SLACKBOT = "USLACKBOT"
BOT_TOKEN = "xoxb-raygen-playground"  # noqa: S105 -- a fixed token of a stand-in on loopback guards nothing
APP_TOKEN = "xapp-1-ARAYGEN-playground"  # noqa: S105 -- as above
CREATED = 1_700_000_000

COMMANDS: tuple[Json, ...] = (
    {
        "command": "/raygen",
        "description": "Turn a sentence into a Ray program, check it, and run it once approved",
        "usage_hint": "what to compute, such as: estimate pi with 100 tasks",
    },
)


@dataclass(frozen=True, slots=True)
class Workspace:
    """What tells a workspace apart. The app is in it from the start, by `token`, or once a person installs it."""

    team: str
    name: str
    domain: str
    bot: str
    bot_user: str
    users: tuple[Json, ...]
    channels: tuple[Json, ...]
    usergroups: tuple[Json, ...] = ()
    token: str = ""
    #: The organization that it belongs to (ID and name), empty for none.
    enterprise: str = ""
    enterprise_name: str = ""

    def profile(self) -> Json:
        """Of the app's bot."""
        return {
            "id": self.bot,
            "app_id": APP,
            "user_id": self.bot_user,
            "name": "raygen",
            "icons": {},
            "deleted": False,
            "updated": CREATED,
            "team_id": self.team,
        }


def user(identity: str, name: str, real_name: str, team: str = TEAM, bot: str = BOT, **flags: Any) -> Json:
    """A user object as `users.info` gives it."""
    first, _, last = real_name.partition(" ")
    return {
        "id": identity,
        "team_id": team,
        "name": name,
        "color": "9f69e7",
        "real_name": real_name,
        "deleted": False,
        "tz": "Etc/UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
        "is_bot": False,
        "is_app_user": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "updated": CREATED,
        **flags,
        "profile": {
            "title": "",
            "phone": "",
            "skype": "",
            "avatar_hash": "g" + identity.lower()[:11],
            "status_text": "",
            "status_emoji": "",
            "status_emoji_display_info": [],
            "status_expiration": 0,
            "real_name": real_name,
            "real_name_normalized": real_name,
            "display_name": name,
            "display_name_normalized": name,
            "first_name": first,
            "last_name": last,
            "email": f"{name}@playground.example",
            "team": team,
            **({"bot_id": bot, "api_app_id": APP} if flags.get("is_bot") else {}),
        },
    }


def channel(identity: str, name: str, members: list[str], purpose: str, team: str = TEAM) -> Json:
    """A public channel; `members` is the stand-in's own field and leaves through `conversations.members`."""
    return {
        "id": identity,
        "name": name,
        "name_normalized": name,
        "created": CREATED,
        "creator": "UENGINEER",
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": False,
        "is_archived": False,
        "is_general": name == "general",
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "shared_team_ids": [team],
        "context_team_id": team,
        "parent_conversation": None,
        "previous_names": [],
        "unlinked": 0,
        "updated": CREATED * 1000,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": purpose, "creator": "UENGINEER", "last_set": CREATED},
        "members": members,
    }


def private(identity: str, name: str, members: list[str]) -> Json:
    """A private channel, which only its members know of."""
    return {**channel(identity, name, members, ""), "is_private": True}


def group(identity: str, members: list[str]) -> Json:
    """The direct messages of several people, the bot among them."""
    name = f"mpdm-{'--'.join(member.lower() for member in members)}-1"
    return {**channel(identity, name, members, ""), "is_private": True, "is_mpim": True}


def direct(identity: str, person: str, bot_user: str = BOT_USER) -> Json:
    """The direct messages between the bot and a person."""
    return {
        "id": identity,
        "created": CREATED,
        "is_channel": False,
        "is_group": False,
        "is_im": True,
        "is_mpim": False,
        "is_private": True,
        "is_archived": False,
        "is_open": True,
        "user": person,
        "members": [person, bot_user],
    }


EVERYONE = ["UENGINEER", "UAPPROVER", "UGUEST", BOT_USER]

USERS: tuple[Json, ...] = (
    user("UENGINEER", "erin", "Erin Engineer"),
    user("UAPPROVER", "avery", "Avery Approver", is_admin=True),
    user("UGUEST", "gus", "Gus Guest", is_restricted=True),
    user(BOT_USER, "raygen", "raygen", is_bot=True),
    user(SLACKBOT, "slackbot", "Slackbot"),
)

CHANNELS: tuple[Json, ...] = (
    channel("CGENERAL", "general", list(EVERYONE), "Everyone in the playground"),
    channel("CRAY", "ray", list(EVERYONE), "Programs for the Ray cluster"),
    direct("DENGINEER", "UENGINEER"),
    direct("DAPPROVER", "UAPPROVER"),
    direct("DGUEST", "UGUEST"),
)


def usergroup(identity: str, handle: str, name: str, members: list[str]) -> Json:
    """A user group as `usergroups.list` gives it; `users` is there only for those who ask for it."""
    return {
        "id": identity,
        "team_id": TEAM,
        "is_usergroup": True,
        "is_subteam": True,
        "name": name,
        "description": "",
        "handle": handle,
        "is_external": False,
        "date_create": CREATED,
        "date_update": CREATED,
        "date_delete": 0,
        "auto_type": None,
        "auto_provision": False,
        "enterprise_subteam_id": "",
        "created_by": "UAPPROVER",
        "updated_by": "UAPPROVER",
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
        "users": members,
    }


USERGROUPS: tuple[Json, ...] = (usergroup("SPLATFORM", "platform", "Platform team", ["UAPPROVER"]),)

PLAYGROUND = Workspace(
    TEAM, "Raygen Playground", "raygen-playground", BOT, BOT_USER, USERS, CHANNELS, USERGROUPS, BOT_TOKEN
)

#: A second workspace, of other people, in which nobody has installed the app yet.
ACME = Workspace(
    "TACME",
    "Acme Research",
    "acme-research",
    "BACME",
    "UACMEBOT",
    (
        user("UADA", "ada", "Ada Acme", "TACME", is_admin=True),
        user("UALAN", "alan", "Alan Acme", "TACME"),
        user("UACMEBOT", "raygen", "raygen", "TACME", "BACME", is_bot=True),
        user(SLACKBOT, "slackbot", "Slackbot", "TACME"),
    ),
    (
        channel("CLAB", "lab", ["UADA", "UALAN"], "Experiments", "TACME"),
        direct("DADA", "UADA", "UACMEBOT"),
        direct("DALAN", "UALAN", "UACMEBOT"),
    ),
)
