"""The app across workspaces: its client secret, and the codes and tokens that installations give."""

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.workspace import APP

if TYPE_CHECKING:
    from bot.playground.slack.socket import Socket
    from bot.playground.slack.state import State

Json = dict[str, Any]

CODE_LIFE = 600.0
STEP_LIFE = 900.0
_ABOUT = (
    "team_id",
    "channel",
    "channel_id",
    "user",
    "user_id",
    "users",
    "usergroup",
    "view_id",
    "file",
    "trigger_id",
)


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody allowed on Slack's page; its code is good once."""

    team: str
    user: str
    scopes: str
    redirect_uri: str
    expires: float


@dataclass(slots=True)
class Token:
    """A bot token, or what renews one; `expires` is in POSIX seconds, 0 for never. `team` may be an organization."""

    team: str
    scopes: str
    expires: float = 0.0
    revoked: str = ""
    #: Lent for one step of a workflow: it installs nothing.
    lent: bool = False


@dataclass(slots=True)
class Apps:
    """One app, and where it is installed. With `rotation` tokens live `token_life` seconds and come with what renews them.

    `redirect_urls` are those of its manifest.
    """

    client_id: str = "1234.5678"
    client_secret: str = "playground-client-secret"  # noqa: S105 -- a stand-in's guards nothing
    redirect_urls: tuple[str, ...] = ()
    rotation: bool = False
    token_life: float = 43_200.0
    states: dict[str, "State"] = field(default_factory=dict[str, "State"])
    sockets: list["Socket"] = field(default_factory=list["Socket"])
    tokens: dict[str, Token] = field(default_factory=dict[str, Token])
    #: The workspaces into which each organization lets the app that it has installed.
    access: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    _codes: dict[str, Grant] = field(default_factory=dict[str, Grant])
    _used: set[str] = field(default_factory=set[str])
    _renewals: dict[str, Token] = field(default_factory=dict[str, Token])

    def add(self, state: "State") -> None:
        """A workspace; the app is in it already where it has a token from the start."""
        team = state.workspace.team
        self.states[team] = state
        state.events.present = lambda: self.installed(team)
        state.events.whole = lambda: bool(self.organization(team))
        state.views.whole = lambda: self.organization(team)
        if token := state.workspace.token:
            self.tokens[token] = Token(team, "")

    def installed(self, team: str) -> bool:
        return bool(self.of_team(team) or self.organization(team))

    def organization(self, team: str) -> str:
        """By whose installation the app is in a workspace; empty where it is there by the workspace's own, or not at all."""
        whole = self.states[team].workspace.enterprise
        return whole if whole and team in self.access.get(whole, ()) and self.of_team(whole) else ""

    def members(self, organization: str) -> list[str]:
        """Its workspaces."""
        return [team for team, state in self.states.items() if state.workspace.enterprise == organization]

    # --- tokens

    def state_of(self, token: str, arguments: Json) -> "State":
        """The workspace that a call is for: its token's, or of an organization's the one that has what it names."""
        if (known := self.tokens.get(token)) is None:
            raise SlackError("invalid_auth")
        if known.revoked:
            raise SlackError(known.revoked)
        if known.expires and known.expires < time.time():
            raise SlackError("token_expired")
        if known.team in self.states:
            return self.states[known.team]
        members = [self.states[team] for team in self.members(known.team)]
        place = next((state for state in members if _named(state, arguments)), None)
        if place is not None and place.workspace.team not in self.access[known.team]:
            raise SlackError("team_access_not_granted")
        return place or members[0]

    def revoke(self, tokens: Iterable[str], reason: str) -> None:
        for token in tokens:
            self.tokens[token].revoked = reason

    def of_team(self, team: str) -> list[str]:
        """Bot tokens that are good in a workspace."""
        return [
            name
            for name, token in self.tokens.items()
            if token.team == team and not token.revoked and not token.lent
        ]

    def lend(self, team: str) -> str:
        """A bot token for one step of a workflow, good for a quarter of an hour."""
        token = f"xwfp-{team}-{secrets.token_hex(12)}"
        self.tokens[token] = Token(team, "", time.time() + STEP_LIFE, lent=True)
        return token

    def withdraw(self, team: str) -> None:
        """An organization that keeps the app takes it out of one of its workspaces."""
        state = self.states[team]
        state.events.tell({"type": "team_access_revoked", "team_ids": [team]})
        self.access[state.workspace.enterprise].discard(team)

    def uninstall(self, team: str) -> None:
        """The app goes from a workspace or an organization: it gets the event, then it has no tokens there."""
        state = self.states[team if team in self.states else self.members(team)[0]]
        state.events.tell(
            {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [state.workspace.bot_user]}}
        )
        state.events.tell({"type": "app_uninstalled"})
        self.revoke(
            [name for name, token in self.tokens.items() if token.team == team and not token.revoked],
            "account_inactive",
        )
        for name in [name for name, renewal in self._renewals.items() if renewal.team == team]:
            del self._renewals[name]

    # --- installing

    def check(self, client_id: str, client_secret: str) -> None:
        if client_id != self.client_id:
            raise SlackError("invalid_client_id")
        if not secrets.compare_digest(client_secret, self.client_secret):
            raise SlackError("bad_client_secret")

    def returns_to(self, redirect_uri: str) -> str:
        """Where a browser goes after the page: one of the manifest's addresses, or one below, by default the first."""
        if not redirect_uri and self.redirect_urls:
            return self.redirect_urls[0]
        if not any(redirect_uri.startswith(known) for known in self.redirect_urls):
            raise SlackError("bad_redirect_uri")
        return redirect_uri

    def allow(self, team: str, user: str, scopes: str, redirect_uri: str) -> str:
        """The code for what somebody has allowed."""
        code = f"{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._codes[code] = Grant(team, user, scopes, redirect_uri, time.time() + CODE_LIFE)
        return code

    def exchange(self, code: str, redirect_uri: str) -> Json:
        """A code becomes a token."""
        if code in self._used:
            raise SlackError("code_already_used")
        grant = self._codes.get(code)
        if grant is None or grant.expires < time.time():
            raise SlackError("invalid_code")
        if redirect_uri != grant.redirect_uri:
            raise SlackError("bad_redirect_uri")
        self._used.add(code)
        answer = {"authed_user": {"id": grant.user}, **self._issue(grant.team, grant.scopes)}
        if grant.team not in self.states:
            self.access[grant.team] = set(members := self.members(grant.team))
            self.states[members[0]].events.tell({"type": "team_access_granted", "team_ids": members})
        return answer

    def renew(self, refresh_token: str) -> Json:
        """A refresh token becomes a token and its successor; the token before stays good until it expires."""
        renewal = self._renewals.pop(refresh_token, None)
        if renewal is None:
            raise SlackError("invalid_refresh_token")
        return self._issue(renewal.team, renewal.scopes)

    def _issue(self, team: str, scopes: str) -> Json:
        whole = team not in self.states
        place = self.states[self.members(team)[0] if whole else team].workspace
        organization = {"id": place.enterprise, "name": place.enterprise_name} if place.enterprise else None
        token = f"{'xoxe.' if self.rotation else ''}xoxb-{team}-{secrets.token_hex(12)}"
        self.tokens[token] = Token(team, scopes, time.time() + self.token_life if self.rotation else 0.0)
        answer: Json = {
            "app_id": APP,
            "scope": scopes,
            "token_type": "bot",
            "access_token": token,
            "bot_user_id": place.bot_user,
            "team": None if whole else {"id": team, "name": place.name},
            "enterprise": organization,
            "is_enterprise_install": whole,
        }
        if self.rotation:
            renewal = f"xoxe-1-{secrets.token_hex(24)}"
            self._renewals[renewal] = Token(team, scopes)
            answer |= {"refresh_token": renewal, "expires_in": int(self.token_life)}
        return answer


def _named(state: "State", arguments: Json) -> bool:
    """Whether a workspace has what a call is about."""
    people, workspace = state.people, state.workspace
    about = {name: str(arguments.get(name) or "") for name in _ABOUT}
    return (
        about["team_id"] == workspace.team
        or any(about[name] in people.channels for name in ("channel", "channel_id"))
        or any(about[name].partition(",")[0] in people.users for name in ("user", "user_id", "users"))
        or about["usergroup"] in {group["id"] for group in workspace.usergroups}
        or about["view_id"] in state.views.all
        or about["file"] in state.files.all
        or state.grants.known(about["trigger_id"])
    )
