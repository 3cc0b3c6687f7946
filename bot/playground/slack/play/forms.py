"""People submit and close modals, and open the home tab."""

from typing import Any

from pydantic import BaseModel, Field

from bot.playground.slack.blockkit import check
from bot.playground.slack.blockkit.walk import interactive
from bot.playground.slack.errors import PlayError, SlackError
from bot.playground.slack.play import payloads
from bot.playground.slack.play.answers import PRESSED, answer, field_of, initial_values
from bot.playground.slack.play.client import SlackClient, milliseconds
from bot.playground.slack.socket import Unanswered

Json = dict[str, Any]


class Submit(BaseModel):
    user: str
    view_id: str
    values: dict[str, dict[str, Any]] = Field(default_factory=dict[str, dict[str, Any]])


class Close(BaseModel):
    user: str
    view_id: str
    clear: bool = False


class Home(BaseModel):
    user: str
    tab: str = "home"


class Assistant(BaseModel):
    """`channel` is the conversation that the person looks at beside the pane."""

    user: str
    channel: str = ""


class Look(BaseModel):
    user: str
    thread_ts: str
    channel: str


async def submit(client: SlackClient, body: Submit) -> Json:
    """A person submits a modal: `{ok, ack_ms, response_action?, errors?, view?}`.

    `values` is `{block_id: {action_id: value}}`; a value is plain, or Slack's object for the element. What is
    left out keeps what was filled in before. A required field that is empty never reaches the bot.
    """
    user, view = client.user(body.user), _view(client, body.user, body.view_id)
    if view["type"] != "modal":
        raise PlayError(400, "not_a_modal", "Only a modal can be submitted.")
    view = client.state.views.keep_values(view, _values(view, body.values))
    if errors := _empty_fields(view):
        raise PlayError(
            400, "missing_input", "Some fields still need an answer.", response_action="errors", errors=errors
        )
    payload = {
        **payloads.interaction(client, "view_submission", user),
        "view": client.state.views.show(view),
        "response_urls": _response_urls(client, user, view),
    }
    reply = await client.socket.ask("interactive", payload)
    answered = {"ok": True, "ack_ms": milliseconds(reply), "envelope_id": reply.envelope_id}
    with client.state.transaction():
        return answered | _carry_out(client, view, reply.payload or {})


async def close(client: SlackClient, body: Close) -> Json:
    """A person closes a modal, or with `clear` the whole stack; the bot hears it if the view asked to."""
    user, view = client.user(body.user), _view(client, body.user, body.view_id)
    closed = client.state.views.stack(body.user)[::-1] if body.clear else [view]
    for one in closed:
        client.state.views.close(one)
    for one in closed:
        if one["notify_on_close"]:
            await _tell_closed(client, user, one, cleared=body.clear)
    return {"ok": True}


def home(client: SlackClient, body: Home) -> Json:
    """A person opens the bot's home tab; the bot gets `app_home_opened`. Answers the view there is now."""
    user = client.user(body.user)["id"]
    if client.rules.installed and not client.rules.installed.home_tab:
        raise PlayError(404, "no_home_tab", "The app has no home tab.")
    view = client.state.views.home(user)
    shown = client.state.views.show(view) if view else None
    direct = client.state.people.direct(user) or {"id": ""}
    event: Json = {
        "type": "app_home_opened",
        "user": user,
        "channel": direct["id"],
        "tab": body.tab,
        "event_ts": client.state.clock.next(),
        **({"view": shown} if shown else {}),
    }
    return {"ok": True, "event_ids": [client.state.events.tell(event)], "view": shown}


def assistant(client: SlackClient, body: Assistant) -> Json:
    """A person starts a new thread in the assistant pane: `{channel, thread_ts}`; `channel` is what they look at."""
    user = client.user(body.user)["id"]
    channel = client.channel(user)["id"]
    root = {
        "user": client.state.workspace.bot_user,
        "subtype": "assistant_app_thread",
        "text": "New conversation",
    }
    thread_ts = client.state.messages.post(channel, root)["ts"]
    event_id = _tell_thread(client, "assistant_thread_started", body, channel, thread_ts)
    return {"channel": channel, "thread_ts": thread_ts, "event_ids": [event_id]}


def look(client: SlackClient, body: Look) -> Json:
    """A person goes to another conversation while a thread is open in the pane; the bot hears which."""
    channel = client.channel(client.user(body.user)["id"])["id"]
    root = client.message(channel, body.thread_ts)
    if root.get("subtype") != "assistant_app_thread":
        raise PlayError(404, "thread_not_found", f"{body.thread_ts} is no thread of the pane.")
    event_id = _tell_thread(client, "assistant_thread_context_changed", body, channel, body.thread_ts)
    return {"event_ids": [event_id]}


def _tell_thread(
    client: SlackClient, kind: str, body: Assistant | Look, channel: str, thread_ts: str
) -> str | None:
    context: Json = {}
    if body.channel:
        seen = client.joined(body.user, body.channel)["id"]
        context = {"channel_id": seen, "team_id": client.state.workspace.team, "enterprise_id": None}
    thread = {"user_id": body.user, "context": context, "channel_id": channel, "thread_ts": thread_ts}
    event: Json = {"type": kind, "assistant_thread": thread, "event_ts": client.state.clock.next()}
    return client.state.events.tell(event)


def _view(client: SlackClient, user: str, view_id: str) -> Json:
    view = client.state.views.find(view_id)
    if view is None or view["owner"] != user:
        raise PlayError(404, "view_not_found", f"{user} has no view {view_id}.")
    return view


def _values(view: Json, given: dict[str, dict[str, Any]]) -> Json:
    values: Json = {**initial_values(view["blocks"]), **view["state"]["values"]}
    for one in interactive(view["blocks"]):
        mine, action_id = given.get(one.block_id, {}), one.element["action_id"]
        if action_id in mine and one.element["type"] not in PRESSED:
            kept = values.get(one.block_id, {})
            values[one.block_id] = {**kept, action_id: answer(one.element, mine[action_id])}
    return values


def _empty_fields(view: Json) -> dict[str, str]:
    values = view["state"]["values"]
    errors: dict[str, str] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        value = values[block["block_id"]][element["action_id"]].get(field_of(element))
        if problem := _problem(element, value, optional=block.get("optional", False)):
            errors[block["block_id"]] = problem
    return errors


def _problem(element: Json, value: Any, *, optional: bool) -> str | None:
    if value in (None, "", []):
        return None if optional else "Please complete this required field."
    if element["type"] == "plain_text_input":
        if len(value) > (most := element.get("max_length", 3000)):
            return f"Must be less than {most + 1} characters."
        if len(value) < (least := element.get("min_length", 0)):
            return f"Must be at least {least} characters."
    return None


def _response_urls(client: SlackClient, user: Json, view: Json) -> list[Json]:
    urls: list[Json] = []
    for block in view["blocks"]:
        element: Json = block.get("element") or {}
        if element.get("response_url_enabled"):
            chosen = view["state"]["values"][block["block_id"]][element["action_id"]][field_of(element)]
            url = client.state.grants.response_url(user=user["id"], channel=chosen)
            names = {"block_id": block["block_id"], "action_id": element["action_id"]}
            urls.append({**names, "channel_id": chosen, "response_url": url})
    return urls


def _carry_out(client: SlackClient, view: Json, answer: Json) -> Json:
    """What the bot's acknowledgement does to the modal."""
    views = client.state.views
    action = answer.get("response_action")
    if action == "errors":
        return {"response_action": action, "errors": answer.get("errors", {})}
    if action in ("update", "push"):
        try:
            new = check.view(answer.get("view"), client.rules, kind="modal")
            shown = views.update(view, new) if action == "update" else views.push(view["owner"], new)
        except SlackError as refusal:
            sentence = f"The bot answered with a view that Slack refuses: {refusal.code}."
            raise PlayError(422, "invalid_view", sentence, **refusal.extra) from refusal
        return {"response_action": action, "view": views.show(shown)}
    for one in views.stack(view["owner"])[::-1] if action == "clear" else [view]:
        views.close(one)
    return {"response_action": action} if action else {}


async def _tell_closed(client: SlackClient, user: Json, view: Json, *, cleared: bool) -> None:
    payload = {
        **payloads.answerable(client, "view_closed", user),
        "view": client.state.views.show(view),
        "is_cleared": cleared,
    }
    try:
        await client.socket.ask("interactive", payload)
    except Unanswered:
        # Closed is closed: the person gets no error where the bot did not listen.
        return
