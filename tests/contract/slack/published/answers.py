"""What methods of the Web API answer, method by method: docs.slack.dev/reference/methods/<method>."""

from collections.abc import Mapping

from tests.contract.slack.published import Json, Published
from tests.contract.slack.published.interactions import MODAL
from tests.contract.slack.published.messages import FILE, FILE_LEFT_OUT

NO_PICTURES = "the playground has no pictures of people, and no address leads out of it"
PROFILE: Json = {
    "id": "BRAYGEN",
    "app_id": "ARAYGEN",
    "user_id": "URAYGEN",
    "name": "raygen",
    "icons": {"image_36": "https://pictures.example/raygen.png"},
    "deleted": False,
    "updated": 1_700_000_000,
    "team_id": "TRAYGEN",
}
POSTED: Json = {
    "type": "message",
    "user": "URAYGEN",
    "bot_id": "BRAYGEN",
    "app_id": "ARAYGEN",
    "bot_profile": PROFILE,
    "team": "TRAYGEN",
    "text": "hello",
    "ts": "1700000000.000100",
    "blocks": [],
}
READ: Json = {name: POSTED[name] for name in ("type", "user", "text", "ts")}
CURSOR: Json = {"next_cursor": ""}
IMAGES = {f"user.profile.image_{size}": NO_PICTURES for size in (24, 32, 48, 72, 192, 512, "original")}
USER: Json = {
    "id": "UENGINEER",
    "team_id": "TRAYGEN",
    "name": "erin",
    "deleted": False,
    "color": "9f69e7",
    "real_name": "Erin Engineer",
    "tz": "Etc/UTC",
    "tz_label": "Coordinated Universal Time",
    "tz_offset": 0,
    "profile": {
        "title": "",
        "phone": "",
        "skype": "",
        "avatar_hash": "g0123456789a",
        "status_text": "",
        "status_emoji": "",
        "status_emoji_display_info": [],
        "status_expiration": 0,
        "real_name": "Erin Engineer",
        "display_name": "erin",
        "real_name_normalized": "Erin Engineer",
        "display_name_normalized": "erin",
        "first_name": "Erin",
        "last_name": "Engineer",
        "email": "erin@playground.example",
        "team": "TRAYGEN",
        **{f"image_{size}": "https://pictures.example/erin.png" for size in (24, 32, 48, 72, 192, 512)},
    },
    "is_admin": False,
    "is_owner": False,
    "is_primary_owner": False,
    "is_restricted": False,
    "is_ultra_restricted": False,
    "is_bot": False,
    "is_app_user": False,
    "is_email_confirmed": True,
    "who_can_share_contact_card": "EVERYONE",
    "updated": 1_700_000_000,
}
CHANNEL: Json = {
    "id": "CRAY",
    "name": "ray",
    "is_channel": True,
    "is_group": False,
    "is_im": False,
    "is_mpim": False,
    "is_private": False,
    "created": 1_700_000_000,
    "is_archived": False,
    "is_general": False,
    "unlinked": 0,
    "name_normalized": "ray",
    "is_shared": False,
    "is_org_shared": False,
    "is_pending_ext_shared": False,
    "pending_shared": [],
    "context_team_id": "TRAYGEN",
    "updated": 1_700_000_000_000,
    "parent_conversation": None,
    "creator": "UENGINEER",
    "is_ext_shared": False,
    "shared_team_ids": ["TRAYGEN"],
    "pending_connected_team_ids": [],
    "is_member": True,
    "topic": {"value": "", "creator": "", "last_set": 0},
    "purpose": {"value": "Programs", "creator": "UENGINEER", "last_set": 1_700_000_000},
    "previous_names": [],
}
GROUP: Json = {
    "id": "SPLATFORM",
    "team_id": "TRAYGEN",
    "is_usergroup": True,
    "name": "Platform team",
    "description": "",
    "handle": "platform",
    "is_external": False,
    "date_create": 1_700_000_000,
    "date_update": 1_700_000_000,
    "date_delete": 0,
    "auto_type": None,
    "created_by": "UAPPROVER",
    "updated_by": "UAPPROVER",
    "deleted_by": None,
    "prefs": {"channels": [], "groups": []},
}


def _answer(method: str, left_out: Mapping[str, str] | None = None, **fields: object) -> Published:
    return Published(f"/reference/methods/{method}", {"ok": True, **fields}, (), left_out or {})


ANSWERS: dict[str, Published] = {
    one.page.rpartition("/")[2]: one
    for one in (
        _answer(
            "auth.test",
            url="https://raygen-playground.example/",
            team="Raygen Playground",
            user="raygen",
            team_id="TRAYGEN",
            user_id="URAYGEN",
            bot_id="BRAYGEN",
            is_enterprise_install=False,
        ),
        _answer("apps.connections.open", url="wss://sockets.example/link/?ticket=1"),
        _answer(
            "chat.postMessage",
            {
                "message.bot_profile.icons": "the playground's bot has no picture",
            },
            channel="CRAY",
            ts="1700000000.000100",
            message=POSTED,
        ),
        _answer(
            "chat.update",
            channel="CRAY",
            ts="1700000000.000100",
            text="hello",
            message={**READ, "blocks": []},
        ),
        _answer("chat.delete", channel="CRAY", ts="1700000000.000100"),
        _answer("chat.postEphemeral", message_ts="1700000000.000100"),
        _answer("chat.getPermalink", channel="CRAY", permalink="https://x.example/archives/CRAY/p1"),
        _answer("chat.unfurl"),
        _answer("chat.startStream", channel="CRAY", ts="1700000000.000100"),
        _answer("chat.appendStream", channel="CRAY", ts="1700000000.000100"),
        _answer(
            "chat.stopStream",
            channel="CRAY",
            ts="1700000000.000100",
            message={**READ, "bot_id": "BRAYGEN", "blocks": []},
        ),
        _answer("agents.sessions.setStatus", status="processing", agent_status="processing", title="Pi"),
        _answer("assistant.threads.setStatus"),
        _answer("conversations.open", no_op=True, already_open=True, channel={"id": "DENGINEER"}),
        _answer("conversations.info", channel=CHANNEL),
        _answer("conversations.members", members=["UENGINEER"], response_metadata=CURSOR),
        _answer(
            "conversations.history",
            messages=[READ],
            has_more=False,
            pin_count=0,
            response_metadata=CURSOR,
        ),
        _answer("conversations.replies", messages=[READ], has_more=False, response_metadata=CURSOR),
        _answer("users.info", IMAGES, user=USER),
        _answer("usergroups.list", usergroups=[GROUP]),
        _answer("usergroups.users.list", users=["UAPPROVER"]),
        _answer("views.open", view=MODAL),
        _answer("views.update", view=MODAL),
        _answer(
            "views.publish",
            view={name: value for name, value in MODAL.items() if name not in ("title", "submit")},
        ),
        _answer("files.getUploadURLExternal", upload_url="https://files.example/upload/v1/1", file_id="F1"),
        _answer("files.completeUploadExternal", files=[{"id": "F1", "title": "a"}]),
        _answer(
            "files.info",
            {f"file.{name}": reason for name, reason in FILE_LEFT_OUT.items()},
            file=FILE,
            comments=[],
            response_metadata=CURSOR,
        ),
        _answer(
            "oauth.v2.access",
            {
                "authed_user.scope": "only where scopes of a person are asked for",
                "authed_user.access_token": "as `scope`",
                "authed_user.token_type": "as `scope`",
            },
            access_token="xoxb-published",
            token_type="bot",
            scope="commands",
            bot_user_id="URAYGEN",
            app_id="ARAYGEN",
            team={"name": "Raygen Playground", "id": "TRAYGEN"},
            enterprise=None,
            is_enterprise_install=False,
            authed_user={"id": "UENGINEER", "scope": "", "access_token": "", "token_type": "user"},
        ),
        _answer("auth.revoke", revoked=True),
        _answer("functions.completeSuccess"),
        _answer("functions.completeError"),
        _answer("reactions.add"),
    )
}
