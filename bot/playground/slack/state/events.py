"""Events API: what happens in the workspace, sent to the bot where it is a member."""

import re
import time
from collections.abc import Callable
from typing import Any

from bot.playground.slack.identity import new_id
from bot.playground.slack.installed import Installed
from bot.playground.slack.state.envelopes import Envelopes
from bot.playground.slack.workspace import APP, PLAYGROUND, Workspace

Json = dict[str, Any]

LINK = re.compile(r"<(https?://[^<>|\s]+)(?:\|[^<>]*)?>")


class Events:
    def __init__(
        self, envelopes: Envelopes, installed: Installed | None = None, workspace: Workspace = PLAYGROUND
    ) -> None:
        self._workspace = workspace
        self._envelopes = envelopes
        self._installed = installed
        self._sent: list[str] = []
        #: Whether the app is in the workspace at all.
        self.present: Callable[[], bool] = lambda: True
        #: Whether it is there by an installation of the whole organization.
        self.whole: Callable[[], bool] = lambda: False

    def tell(self, event: Json, channel: Json | None = None) -> str | None:
        """Queue an event for the bot; None when it is not in `channel`, or did not subscribe, and so hears nothing."""
        if channel is not None and self._workspace.bot_user not in channel["members"]:
            return None
        if not self.present():
            return None
        if self._installed is not None and not self._installed.hears(event):
            return None
        event_id = new_id("Ev")
        self._envelopes.add("events_api", wrap(event, event_id, self._workspace, whole=self.whole()))
        self._sent.append(event_id)
        return event_id

    def watched(self, text: str) -> list[Json]:
        """The links of a message that lead to the app's domains, as `link_shared` lists them."""
        if self._installed is None:
            return []
        links = {url: self._installed.watched(url) for url in LINK.findall(text)}
        return [{"domain": domain, "url": url} for url, domain in links.items() if domain]

    def take_sent(self) -> list[str]:
        """IDs of the events since the last call; they tell a caller what its action caused."""
        sent, self._sent = self._sent, []
        return sent


def wrap(event: Json, event_id: str, workspace: Workspace, *, whole: bool = False) -> Json:
    """As Slack sends it; to an installation of the `whole` organization it says in whose name by no workspace."""
    organization = {"enterprise_id": workspace.enterprise} if workspace.enterprise else {}
    return {
        "token": "verification-token",
        "team_id": workspace.team,
        **organization,
        "context_team_id": workspace.team,
        "context_enterprise_id": workspace.enterprise or None,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": workspace.enterprise or None,
                "team_id": None if whole else workspace.team,
                "user_id": workspace.bot_user,
                "is_bot": True,
                "is_enterprise_install": whole,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }
