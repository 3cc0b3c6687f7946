"""functions.*: how a custom step of a workflow tells that it has ended."""

from typing import Any

from bot.playground.slack.errors import SlackError, arguments_missing
from bot.playground.slack.methods.call import Call, Method

Json = dict[str, Any]


def succeed(call: Call) -> Json:
    outputs = call.structure("outputs")
    if outputs is None:
        raise arguments_missing("outputs")
    if not isinstance(outputs, dict):
        raise SlackError("invalid_arguments")
    call.state.executions.end(call.need("function_execution_id"), state="completed", outputs=outputs)
    return {}


def fail(call: Call) -> Json:
    error = call.need("error")
    call.state.executions.end(call.need("function_execution_id"), state="failed", error=error)
    return {}


METHODS: dict[str, Method] = {
    "functions.completeSuccess": succeed,
    "functions.completeError": fail,
}
