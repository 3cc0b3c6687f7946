"""People run workflows in which a step is the app's own function."""

from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field

from bot.playground.slack.errors import PlayError
from bot.playground.slack.identity import new_id
from bot.playground.slack.play.client import SlackClient
from bot.playground.slack.workspace import APP, CREATED

Json = dict[str, Any]


class Step(BaseModel):
    user: str
    callback_id: str
    inputs: dict[str, Any] = Field(default_factory=dict[str, Any])


def run(client: SlackClient, body: Step) -> Json:
    """A workflow that a person started comes to the app's step: `{execution, event_ids}`; the bot gets `function_executed`."""
    user = client.user(body.user)["id"]
    client.check_installed()
    function = _function(client, body.callback_id)
    execution = client.state.executions.begin(
        callback_id=body.callback_id,
        inputs=body.inputs,
        token=client.apps.lend(client.state.workspace.team),
        user=user,
    )
    event: Json = {
        "type": "function_executed",
        "function": function,
        "inputs": body.inputs,
        "function_execution_id": execution["id"],
        "workflow_execution_id": new_id("Wx"),
        "event_ts": client.state.clock.next(),
        "bot_access_token": execution["token"],
    }
    return {"execution": execution["id"], "event_ids": [client.state.events.tell(event)]}


async def outcome(client: SlackClient, request: web.Request) -> Json:
    """How a step has ended, or that it runs: `{state, outputs, error}`."""
    execution = client.state.executions.all.get(request.match_info["execution"])
    if execution is None:
        raise PlayError(404, "execution_not_found", "There is no such step.")
    return {name: execution[name] for name in ("state", "outputs", "error")}


def _function(client: SlackClient, callback_id: str) -> Json:
    """The function as its manifest declares it; without a manifest it takes and gives anything."""
    app = client.rules.installed
    if app and callback_id not in app.functions:
        raise PlayError(404, "unknown_function", f"The app has no function {callback_id!r}.")
    declared = app.functions[callback_id] if app else {}
    return {
        "id": f"Fn{callback_id.upper()}",
        "callback_id": callback_id,
        "title": declared.get("title", callback_id),
        "description": declared.get("description", ""),
        "type": "app",
        "input_parameters": _parameters(declared.get("input_parameters", {})),
        "output_parameters": _parameters(declared.get("output_parameters", {})),
        "app_id": APP,
        "date_created": CREATED,
        "date_updated": CREATED,
        "date_deleted": 0,
    }


def _parameters(declared: Json) -> list[Json]:
    return [{"name": name, "is_required": False, **one} for name, one in declared.items()]
