"""Custom steps of workflows that run: what the app was asked, by which token it answers, and what came out."""

from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.identity import new_id
from bot.playground.slack.state.documents import Documents

Json = dict[str, Any]


class Executions:
    """Stored as `{id, callback_id, inputs, token, user, state, outputs, error}`; `state` is `running`, `completed` or `failed`."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    @property
    def all(self) -> dict[str, Json]:
        return self._documents.table("executions")

    def begin(self, *, callback_id: str, inputs: Json, token: str, user: str) -> Json:
        identity = new_id("Fx")
        execution: Json = {
            "id": identity,
            "callback_id": callback_id,
            "inputs": inputs,
            "token": token,
            "user": user,
            "state": "running",
            "outputs": {},
            "error": "",
        }
        return self._documents.put("executions", identity, execution)

    def end(self, identity: str, **result: Any) -> Json:
        """Once: a step that has ended does not end again."""
        execution = self.all.get(identity)
        if execution is None:
            raise SlackError("function_execution_not_found")
        if execution["state"] != "running":
            raise SlackError("execution_not_in_running_state")
        return self._documents.put("executions", identity, {**execution, **result})

    def posted(self, token: str, channel: str, ts: str) -> None:
        """A message posted with a step's token belongs to that step: clicks in it say so."""
        for execution in self.all.values():
            if token and execution["token"] == token:
                self._documents.put("step_messages", f"{channel}/{ts}", {"execution": execution["id"]})

    def of_message(self, channel: str, ts: str) -> Json | None:
        kept = self._documents.table("step_messages").get(f"{channel}/{ts}")
        return self.all.get(kept["execution"]) if kept else None
