"""What scripts and tests use to make trouble: redelivery, disconnects, faults."""

from typing import Any, Literal

from pydantic import BaseModel

from bot.playground.slack.errors import PlayError
from bot.playground.slack.limits import Fault
from bot.playground.slack.play.client import SlackClient

Json = dict[str, Any]


class Redeliver(BaseModel):
    envelope_id: str | None = None
    event_id: str | None = None
    trigger_id: str | None = None


class Disconnect(BaseModel):
    reason: Literal["warning", "refresh_requested"] = "refresh_requested"


class Faults(BaseModel):
    method: str = "*"
    times: int = 1
    error: str | None = None
    status: int | None = None
    hang: float = 0.0
    retry_after: int = 1
    after: bool = False
    clear: bool = False


def redeliver(client: SlackClient, body: Redeliver) -> Json:
    """Send an event, command or interaction to the bot once more, as if its acknowledgement had been lost."""
    identity = body.envelope_id or body.event_id or body.trigger_id or ""
    envelope = client.state.envelopes.find(identity)
    if envelope is None:
        raise PlayError(404, "envelope_not_found", f"There is no envelope {identity!r} any more.")
    client.socket.redeliver(envelope)
    return {"ok": True, "envelope_id": envelope["id"], "attempts": envelope["attempts"]}


def disconnect(client: SlackClient, body: Disconnect) -> Json:
    """Send `disconnect` to the bot's connections, as Slack does every few hours: `{connections}` were asked."""
    return {"ok": True, "connections": client.socket.disconnect(body.reason)}


def faults(client: SlackClient, body: Faults) -> Json:
    """Make the next `times` calls of a Web API method (`*`: any) fail, or with `clear` none any more.

    `error` is a Slack code (`ratelimited` comes as 429 with `retry_after`), `status` an HTTP status, `hang`
    seconds of silence first; with `after` the call is carried out and only its answer is lost.
    """
    if body.clear:
        client.api.faults.clear()
        return {"ok": True}
    client.api.faults.plan(Fault(**body.model_dump(exclude={"clear"})))
    return {"ok": True}
