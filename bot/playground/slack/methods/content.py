"""What a message says: text, blocks, attachments and metadata, checked against Slack's limits."""

import json
from typing import Any, cast

from bot.playground.slack.blockkit.check import message_blocks
from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.call import Call

Json = dict[str, Any]


def content(call: Call) -> Json:
    """The content fields that a call sets: those absent from it are absent here."""
    fields: Json = {}
    if call.text("markdown_text"):
        fields |= _markdown(call)
    elif call.arguments.get("text") is not None:
        fields["text"] = call.text("text")
    if call.arguments.get("blocks") is not None:
        blocks = call.objects("blocks", "invalid_blocks_format")
        fields["blocks"] = message_blocks(blocks, call.rules) or None
    if call.arguments.get("attachments") is not None:
        fields["attachments"] = call.objects("attachments", "invalid_attachments") or None
    if call.arguments.get("metadata") is not None:
        fields["metadata"] = _metadata(call)
    if len(fields.get("text", "")) > call.rules.message_text:
        raise SlackError("msg_too_long")
    return fields


def require_something(fields: Json) -> None:
    if not (fields.get("text", "").strip() or fields.get("blocks") or fields.get("attachments")):
        raise SlackError("no_text")


def _markdown(call: Call) -> Json:
    if call.text("text") or call.arguments.get("blocks"):
        raise SlackError("markdown_text_conflict")
    text = call.text("markdown_text")
    if len(text) > call.rules.markdown_text:
        raise SlackError("msg_too_long")
    return {"text": text, "blocks": message_blocks([{"type": "markdown", "text": text}], call.rules)}


def _metadata(call: Call) -> Json | None:
    metadata = call.structure("metadata", "invalid_metadata_format")
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    found = cast("Json", metadata)
    if not found:
        return None
    if not isinstance(found.get("event_type"), str) or not isinstance(found.get("event_payload"), dict):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(found)) > call.rules.metadata_bytes:
        raise SlackError("metadata_too_large")
    return found
