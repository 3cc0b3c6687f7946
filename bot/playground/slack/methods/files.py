"""files.*: the external upload in three steps, and reading about files."""

from dataclasses import replace
from typing import Any

from bot.playground.slack.errors import SlackError, arguments_missing
from bot.playground.slack.methods.author import signed
from bot.playground.slack.methods.call import Call, Method
from bot.playground.slack.methods.content import content

Json = dict[str, Any]


def get_upload_url(call: Call) -> Json:
    name = call.need("filename")
    try:
        size = int(call.need("length"))
    except ValueError:
        raise SlackError("invalid_arguments") from None
    if size <= 0:
        raise arguments_missing("length")
    if size > call.rules.file_bytes:
        raise SlackError("file_upload_size_restricted")
    files = call.state.files
    file = files.begin(
        user=call.state.workspace.bot_user, name=name, size=size, alt_text=call.text("alt_txt") or None
    )
    return {"upload_url": files.upload_url(file), "file_id": file["id"]}


def complete_upload(call: Call) -> Json:
    """Share uploaded files as one message, in each channel named."""
    wanted = call.objects("files")
    if not wanted:
        raise arguments_missing("files")
    identities = [str(one.get("id")) for one in wanted]
    for identity in identities:
        _check_uploaded(call, identity)
    channels = [one for one in [call.text("channel_id"), *call.text("channels").split(",")] if one]
    places = [call.state.people.joined(one)["id"] for one in channels]
    said = _comment(call)
    if call.text("thread_ts") and places:
        call.state.messages.root(places[0], call.text("thread_ts"))
    for one in wanted:
        call.state.files.complete(str(one["id"]), one.get("title"))
    for place in places:
        _share(call, place, identities, said)
    return {"files": [call.state.files.show(identity) for identity in identities]}


def info(call: Call) -> Json:
    file = call.state.files.all.get(call.need("file"))
    if file is None or not file["completed"]:
        raise SlackError("file_not_found")
    return {
        "file": call.state.files.show(file["id"]),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


def delete(call: Call) -> Json:
    file = call.state.files.all.get(call.need("file"))
    if file is None:
        raise SlackError("file_not_found")
    if file["user"] != call.state.workspace.bot_user:
        raise SlackError("cant_delete_file")
    call.state.documents.drop("files", file["id"])
    return {}


def _check_uploaded(call: Call, identity: str) -> None:
    file = call.state.files.all.get(identity)
    if file is None or not file["uploaded"]:
        raise SlackError("file_not_found")
    if file["completed"]:
        raise SlackError("file_already_completed")


def _comment(call: Call) -> Json:
    arguments = {"text": call.text("initial_comment"), "blocks": call.arguments.get("blocks")}
    return content(replace(call, arguments=arguments))


def _share(call: Call, channel: str, identities: list[str], said: Json) -> None:
    thread_ts = call.text("thread_ts")
    place = {"thread_ts": thread_ts} if thread_ts else {}
    fields = {**signed(call), **said, **place, "files": identities, "upload": False, "subtype": "file_share"}
    message = call.state.messages.post(channel, fields)
    if thread_ts:
        call.state.threads.clear_status(channel, message["thread_ts"])


METHODS: dict[str, Method] = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
    "files.info": info,
    "files.delete": delete,
}
