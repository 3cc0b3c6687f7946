"""assistant.threads.* and agents.sessions.*: what the app shows about a thread it works on."""

from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.call import Call, Method

Json = dict[str, Any]

STOPPED = "agent_session_stopped"
SESSION_STATUSES = frozenset({"active", "processing", "suspended", "closed"})


def set_status(call: Call) -> Json:
    """An empty status clears it; so does the app's next message, and time."""
    channel, thread_ts = _thread(call)
    if "status" not in call.arguments:
        raise SlackError("invalid_arguments")
    loading = call.structure("loading_messages")
    call.state.threads.set_status(
        channel, thread_ts, call.text("status"), call.rules.status_expiry, loading_messages=loading
    )
    return {}


def set_title(call: Call) -> Json:
    channel, thread_ts = _thread(call)
    call.state.threads.set(channel, thread_ts, title=call.need("title"))
    return {}


def set_prompts(call: Call) -> Json:
    channel = call.state.people.joined(call.text("channel_id"))["id"]
    prompts = call.objects("prompts")
    if not prompts or not all(one.get("title") and one.get("message") for one in prompts):
        raise SlackError("invalid_arguments")
    thread_ts = _thread(call)[1] if call.text("thread_ts") else ""
    call.state.threads.set(channel, thread_ts, prompts=prompts, prompts_title=call.text("title") or None)
    return {}


def set_session_status(call: Call) -> Json:
    """The lifecycle of an agent's session; the session begins with its first status."""
    channel = call.state.people.joined(call.text("channel_id"))["id"]
    thread_ts = _thread(call)[1] if call.text("thread_ts") else ""
    if call.need("status") not in SESSION_STATUSES:
        raise SlackError("invalid_arguments")
    fields: Json = {"session_status": call.need("status")}
    for name in ("title", "initiator_user_id"):
        if call.text(name):
            fields[name] = call.text(name)
    session = call.state.threads.set(channel, thread_ts, **fields)
    status = session["session_status"]
    status_fields = {"status": status, "agent_status": status, "title": session.get("title", "")}
    app = call.rules.installed
    return (
        status_fields
        if app is None or STOPPED in app.events
        else {**status_fields, **warning(f"missing_{STOPPED}_event_subscription")}
    )


def warning(code: str) -> Json:
    """A method was carried out, with something for its caller to know."""
    return {"warning": code, "response_metadata": {"warnings": [code]}}


def rename_session(call: Call) -> Json:
    channel = call.state.people.joined(call.text("channel_id"))["id"]
    thread_ts = call.text("thread_ts")
    if "session_status" not in call.state.threads.show(channel, thread_ts):
        raise SlackError("session_not_found")
    call.state.threads.set(channel, thread_ts, title=call.need("title"))
    return {}


def _thread(call: Call) -> tuple[str, str]:
    channel = call.state.people.joined(call.text("channel_id"))["id"]
    thread_ts = call.need("thread_ts")
    if call.state.messages.find(channel, thread_ts) is None:
        raise SlackError("thread_not_found")
    return channel, call.state.messages.root(channel, thread_ts)["ts"]


METHODS: dict[str, Method] = {
    "assistant.threads.setStatus": set_status,
    "assistant.threads.setTitle": set_title,
    "assistant.threads.setSuggestedPrompts": set_prompts,
    "agents.sessions.setStatus": set_session_status,
    "agents.sessions.rename": rename_session,
}
