"""Slack's page on which a person allows an app into their workspace, and is sent back with a code."""

from html import escape
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.playground.slack.distribution import Apps
from bot.playground.slack.errors import SlackError
from bot.playground.slack.rules import Rules
from bot.playground.slack.workspace import SLACKBOT, Workspace

Json = dict[str, Any]

PATH = "/oauth/v2/authorize"
# Unlike the playground's own page it has a form, whose answer leads to the app.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


class Consent:
    def __init__(self, apps: Apps, rules: Rules) -> None:
        self._apps = apps
        self._rules = rules

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self.show), web.post(PATH, self.answer)]

    async def show(self, request: web.Request) -> web.Response:
        """One button for each person, in each workspace, or in the one that `team` names; and for administrators of an
        organization one for all its workspaces, where the app can be installed so.
        """
        asked = dict(request.query)
        try:
            self._check(asked)
        except SlackError as refusal:
            return _page(f"<p>Something went wrong: {escape(refusal.code)}</p>", 400)
        hidden = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in asked.items()
        )
        forms = [
            f'<form method="post">{hidden}<input type="hidden" name="team_id" value="{where}">'
            f'<input type="hidden" name="user_id" value="{user["id"]}">'
            f"<button>{escape(user['real_name'])} allows raygen in {escape(called)}</button></form>"
            for place in (state.workspace for state in self._apps.states.values())
            for user in place.users
            if not user["is_bot"] and user["id"] != SLACKBOT and asked.get("team") in {None, place.team}
            for where, called in self._places(place, user)
        ]
        cancel = f'<form method="post">{hidden}<button>Cancel</button></form>'
        scopes = escape(asked["scope"].replace(",", ", "))
        return _page(f"<h1>raygen asks for access</h1><p>It may: {scopes}</p>{''.join(forms)}{cancel}")

    async def answer(self, request: web.Request) -> web.Response:
        """Back to the app: with a code, or with what kept the person from it."""
        asked = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        try:
            back = self._check(asked)
            parameters = self._allowed(asked)
        except SlackError as refusal:
            return _page(f"<p>Something went wrong: {escape(refusal.code)}</p>", 400)
        joint = "&" if "?" in back else "?"
        raise web.HTTPFound(f"{back}{joint}{urlencode({**parameters, 'state': asked.get('state', '')})}")

    def _places(self, place: Workspace, user: Json) -> list[tuple[str, str]]:
        """Where a person may allow the app: IDs and names."""
        whole = place.enterprise and user["is_admin"]
        if not whole or ((app := self._rules.installed) and not app.organizations):
            return [(place.team, place.name)]
        return [(place.team, place.name), (place.enterprise, f"all of {place.enterprise_name}")]

    def _check(self, asked: dict[str, str]) -> str:
        """Where the person is sent back to."""
        if asked.get("client_id") != self._apps.client_id:
            raise SlackError("invalid_client_id")
        scopes = set(asked.get("scope", "").split(",")) - {""}
        if not scopes:
            raise SlackError("no_scopes")
        if (app := self._rules.installed) and not scopes <= app.scopes:
            raise SlackError("invalid_scope")
        return self._apps.returns_to(asked.get("redirect_uri", ""))

    def _allowed(self, asked: dict[str, str]) -> dict[str, str]:
        where, name = asked.get("team_id", ""), asked.get("user_id", "")
        there = (
            self._apps.states[team] for team in {where, *self._apps.members(where)} & {*self._apps.states}
        )
        state = next((each for each in there if name in each.people.users), None)
        user = state.people.user(name) if state else None
        if state is None or user is None or user["is_restricted"]:
            return {"error": "access_denied"}
        if where not in dict(self._places(state.workspace, user)):
            return {"error": "access_denied"}
        return {"code": self._apps.allow(where, user["id"], asked["scope"], asked.get("redirect_uri", ""))}


def _page(body: str, status: int = 200) -> web.Response:
    text = f"<!doctype html><meta charset=utf-8><title>Allow raygen</title>{body}"
    headers = {"Content-Security-Policy": POLICY}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)
