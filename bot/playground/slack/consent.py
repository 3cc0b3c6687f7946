"""Slack's page on which a person allows an app into their workspace, and is sent back with a code."""

from html import escape
from urllib.parse import urlencode

from aiohttp import web

from bot.playground.slack.distribution import Apps
from bot.playground.slack.errors import SlackError
from bot.playground.slack.rules import Rules
from bot.playground.slack.workspace import SLACKBOT

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
        """One button for each person, in each workspace, or in the one that `team` names."""
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
            f'<form method="post">{hidden}<input type="hidden" name="team_id" value="{place.team}">'
            f'<input type="hidden" name="user_id" value="{user["id"]}">'
            f"<button>{escape(user['real_name'])} allows raygen in {escape(place.name)}</button></form>"
            for place in (state.workspace for state in self._apps.states.values())
            for user in place.users
            if not user["is_bot"] and user["id"] != SLACKBOT and asked.get("team") in {None, place.team}
        ]
        cancel = f'<form method="post">{hidden}<button>Cancel</button></form>'
        scopes = escape(asked["scope"].replace(",", ", "))
        return _page(f"<h1>raygen asks for access</h1><p>It may: {scopes}</p>{''.join(forms)}{cancel}")

    async def answer(self, request: web.Request) -> web.Response:
        """Back to the app: with a code, or with what kept the person from it."""
        asked = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        try:
            back = self._check(asked)
            told = self._allowed(asked)
        except SlackError as refusal:
            return _page(f"<p>Something went wrong: {escape(refusal.code)}</p>", 400)
        joint = "&" if "?" in back else "?"
        raise web.HTTPFound(f"{back}{joint}{urlencode({**told, 'state': asked.get('state', '')})}")

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
        state = self._apps.states.get(asked.get("team_id", ""))
        if state is None:
            return {"error": "access_denied"}
        user = state.people.user(asked.get("user_id", ""))
        if user["is_restricted"]:
            return {"error": "access_denied"}
        code = self._apps.allow(
            state.workspace.team, user["id"], asked["scope"], asked.get("redirect_uri", "")
        )
        return {"code": code}


def _page(body: str, status: int = 200) -> web.Response:
    text = f"<!doctype html><meta charset=utf-8><title>Allow raygen</title>{body}"
    headers = {"Content-Security-Policy": POLICY}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)
