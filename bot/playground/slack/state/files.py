"""Files: uploads in progress, stored bytes, and the file objects that Slack shows."""

import mimetypes
import secrets
import time
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from bot.playground.slack.identity import new_id
from bot.playground.slack.state.documents import Documents

Json = dict[str, Any]

PREVIEW = 2000
TEXT_TYPES = {"json", "csv", "tsv", "py", "txt", "md", "log", "yaml", "yml", "toml", "html", "xml", "sh"}
NAMES = {"txt": "text", "py": "python", "md": "markdown", "log": "text", "yml": "yaml", "sh": "shell"}


@dataclass(slots=True)
class Address:
    """Where the stand-in is reached now; it may differ after a restart, so URLs are made when shown."""

    base: str = ""


class Files:
    def __init__(self, documents: Documents, address: Address) -> None:
        self._documents = documents
        self._address = address

    @property
    def all(self) -> dict[str, Json]:
        return self._documents.table("files")

    def begin(self, *, user: str, name: str, size: int, alt_text: str | None = None) -> Json:
        """An upload to come: bytes go to `upload_url`, then the upload is completed."""
        extension = PurePath(name).suffix.removeprefix(".").lower()
        mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if extension in TEXT_TYPES and not mimetype.startswith(("text/", "application/json")):
            mimetype = "text/plain"
        file: Json = {
            "id": new_id("F"),
            "secret": secrets.token_urlsafe(24),
            "name": name,
            "title": name,
            "user": user,
            "created": int(time.time()),
            "size": size,
            "mimetype": mimetype,
            "filetype": NAMES.get(extension, extension or "binary"),
            "alt_txt": alt_text,
            "uploaded": False,
            "completed": False,
            "shares": [],
        }
        return self.save(file)

    def store(self, file: Json, body: bytes) -> None:
        self._documents.put_blob(file["id"], body)
        self.save(file | {"uploaded": True, "size": len(body), **_preview(file, body)})

    def complete(self, identity: str, title: str | None) -> Json:
        file = self.all[identity]
        return self.save(file | {"completed": True, "title": title or file["title"]})

    def share(self, identity: str, channel: str, ts: str, thread_ts: str | None) -> None:
        file = self.all[identity]
        share = {"channel": channel, "ts": ts, "thread_ts": thread_ts}
        self.save(file | {"shares": [*file["shares"], share]})

    def body(self, identity: str) -> bytes | None:
        return self._documents.blob(identity)

    def save(self, file: Json) -> Json:
        return self._documents.put("files", file["id"], file)

    def upload_url(self, file: Json) -> str:
        return f"{self._address.base}/upload/v1/{file['secret']}"

    def show(self, identity: str) -> Json:
        """The file object; `play_url` is the stand-in's own: the same bytes without a token."""
        file = self.all.get(identity)
        if file is None:
            return {"id": identity, "mode": "tombstone"}
        url = f"{self._address.base}/files-pri/{self._documents.workspace.team}-{file['id']}/{quote(file['name'], safe='')}"
        hidden = {"secret", "shares", "uploaded", "completed", "alt_txt", "preview", "lines"}
        shown = {key: value for key, value in file.items() if key not in hidden}
        shown |= {
            "timestamp": file["created"],
            "pretty_type": file["filetype"].upper(),
            "mode": "snippet" if "preview" in file else "hosted",
            "user_team": self._documents.workspace.team,
            "is_external": False,
            "external_type": "",
            "is_public": True,
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "has_rich_preview": False,
            "file_access": "visible",
            "editable": False,
            "url_private": url,
            "url_private_download": f"{url}?download=1",
            "permalink": f"{self._address.base}/files/{file['user']}/{file['id']}",
            "play_url": f"{self._address.base}/play/file/{file['id']}",
            "channels": sorted({share["channel"] for share in file["shares"]}),
            "shares": _shares(file["shares"]),
        }
        if file["alt_txt"]:
            shown["alt_txt"] = file["alt_txt"]
        if "preview" in file:
            shown |= {"preview": file["preview"], "lines": file["lines"]}
        if file["mimetype"].startswith("image/"):
            shown |= {"thumb_360": url, "thumb_720": url}
        return shown


def _preview(file: Json, body: bytes) -> Json:
    textual = file["mimetype"].startswith("text/") or file["mimetype"] == "application/json"
    if not textual:
        return {}
    text = body.decode("utf-8", "replace")
    return {"preview": text[:PREVIEW], "lines": text.count("\n") + 1}


def _shares(shares: list[Json]) -> Json:
    public: Json = {}
    for share in shares:
        place = {"ts": share["ts"]} | ({"thread_ts": share["thread_ts"]} if share["thread_ts"] else {})
        public.setdefault(share["channel"], []).append(place)
    return {"public": public} if public else {}
