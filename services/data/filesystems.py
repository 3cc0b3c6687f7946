# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportAttributeAccessIssue=false
# pyarrow, fsspec and boto3 have no types.
"""Files wherever they are: S3, Google Cloud Storage, HTTP, shared folders. Each is opened at any place of it, and listed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from pyarrow import fs

from services.data.credentials import Value
from services.data.faults import shown_place
from services.data.spread import evenly
from services.domain.connections import Origin
from services.domain.errors import DataUnavailable

MOST_FILES = 100_000
"""How many files are looked at at most."""
# A listing has a thousand objects, and takes some 100 ms.
_LISTED = 50_000
_SOME_FOLDERS = 50
SCHEMES = ("s3", "gs", "https", "http", "file", "")
_IGNORED = ("_", ".")


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file by its path in the file system, and relative to the connection's location."""

    path: str
    relative: str
    size: int


@dataclass(frozen=True, slots=True)
class Listing:
    """The files at a location; `single` says that the location is a file, and `whole` that all files are here."""

    files: tuple[RemoteFile, ...]
    single: bool = False
    whole: bool = True

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


class Place:
    """A location of files. Methods raise what the service raises; `services.data.faults` explains that."""

    def __init__(self, value: Value, url: str = "") -> None:
        self._value = value
        self._url = url or value.connection.place
        self._parts = _split(self._url)
        self._system: Any = None

    @property
    def path(self) -> str:
        """The location as a path of `system`."""
        parts = self._parts
        match parts.scheme:
            case "s3" | "gs":
                return f"{parts.netloc}{parts.path}".rstrip("/")
            case "http" | "https":
                return self._url
            case _:
                return unquote(parts.path) if parts.scheme else self._url

    @property
    def system(self) -> Any:
        """A file system of pyarrow."""
        if self._system is None:
            self._system = _opened(self._value, self._parts)
        return self._system

    def listing(self, wanted: Callable[[str], bool] = bool) -> Listing:
        """All files that hold data, sorted by path; of those in folders, none whose name or folder begins with `_` or `.`."""
        if self._parts.scheme in {"http", "https"}:
            # Asked directly, it says why a server doesn't answer.
            info = self.system.handler.fs.info(self.path)
            name = unquote(self._parts.path.rsplit("/", 1)[-1]) or "index"
            return Listing((RemoteFile(self.path, name, info["size"] or 0),), single=True)
        found, whole = _objects(self._value, self._parts) if self._parts.scheme == "s3" else self._walked()
        single = len(found) == 1 and found[0].path == self.path
        files = (
            file
            for file in found
            if single or (file.size and not _ignored(file.relative) and wanted(file.relative))
        )
        kept = tuple(sorted(islice(files, MOST_FILES), key=lambda file: file.relative))
        if not found:
            raise DataUnavailable(
                f"There is nothing at {shown_place(self._value.connection)}. "
                f"Correct the URL of `{self._value.connection.name}`, or write data there."
            )
        return Listing(kept, single, whole=whole)

    def open(self, file: RemoteFile) -> Any:
        """The file for reading at any place of it."""
        return self.system.open_input_file(file.path)

    def stream(self, file: RemoteFile) -> Any:
        """The file's bytes from its beginning, unpacked where its name says that it is compressed."""
        return self.system.open_input_stream(file.path, compression="detect")

    def _walked(self) -> tuple[list[RemoteFile], bool]:
        info = self.system.get_file_info(self.path)
        if info.type == fs.FileType.File:
            return [RemoteFile(self.path, info.base_name, info.size or 0)], True
        if info.type == fs.FileType.NotFound:
            raise FileNotFoundError(2, "not found")
        infos = self.system.get_file_info(fs.FileSelector(self.path, recursive=True))
        files = [one for one in infos if one.type == fs.FileType.File]
        return [
            RemoteFile(each.path, each.path[len(self.path) :].lstrip("/"), each.size or 0)
            for each in evenly(files, MOST_FILES)
        ], len(files) <= MOST_FILES


def _split(url: str) -> SplitResult:
    parts = urlsplit(url) if "://" in url else SplitResult("", "", url, "", "")
    if parts.scheme in {"s3a", "s3n", "gcs"}:
        parts = parts._replace(scheme="gs" if parts.scheme == "gcs" else "s3")
    return parts


def _ignored(relative: str) -> bool:
    """As Spark and pyarrow do it: `_SUCCESS`, `_delta_log/…`, `.crc`; but not a partition such as `_day=1`."""
    return any(part.startswith(_IGNORED) and "=" not in part for part in relative.split("/"))


def _opened(value: Value, parts: SplitResult) -> Any:
    match parts.scheme:
        case "s3":
            return _s3(value, parts.netloc)
        case "gs":
            return _google(value)
        case "http" | "https":
            return _http(value)
        case _:
            return fs.LocalFileSystem()


def s3_endpoint(value: Value) -> str:
    """The address of another service than Amazon's; empty for Amazon's."""
    return (
        value.connection.options.get("endpoint")
        or os.environ.get("AWS_ENDPOINT_URL_S3")
        or os.environ.get("AWS_ENDPOINT_URL")
        or ""
    )


def _s3(value: Value, bucket: str) -> Any:
    session = value.session()
    endpoint = s3_endpoint(value)
    anonymous = value.connection.credentials.origin is Origin.NONE
    keys: dict[str, Any] = {"anonymous": True}
    if not anonymous:
        found = session.get_credentials()
        if found is None:
            raise DataUnavailable(
                f"There are no credentials for `{value.connection.name}`. Add `credentials` to it, or set up AWS's credential chain."
            )
        frozen = found.get_frozen_credentials()
        keys = {
            "access_key": frozen.access_key,
            "secret_key": frozen.secret_key,
            "session_token": frozen.token,
        }
    region = session.region_name
    if endpoint:
        address = urlsplit(endpoint)
        keys |= {"endpoint_override": address.netloc or endpoint, "scheme": address.scheme or "https"}
        region = region or "us-east-1"
    return fs.S3FileSystem(
        **keys,
        region=region or fs.resolve_s3_region(bucket),
        connect_timeout=5,
        request_timeout=30,
    )


def _google(value: Value) -> Any:
    options = value.connection.options
    address = urlsplit(options["endpoint"]) if "endpoint" in options else None
    where = {"endpoint_override": address.netloc, "scheme": address.scheme} if address else {}
    anonymous = value.connection.credentials.origin is Origin.NONE
    if value.text:
        expires = datetime.now(UTC) + timedelta(hours=1)
        return fs.GcsFileSystem(access_token=value.text, credential_token_expiration=expires, **where)
    return fs.GcsFileSystem(anonymous=anonymous, **where)


def _http(value: Value) -> Any:
    import aiohttp  # noqa: PLC0415  # with fsspec, only where data is on a web server
    import fsspec  # noqa: PLC0415

    headers: dict[str, str] = {}
    auth = None
    if value.text:
        user, colon, password = value.text.partition(":")
        if colon and " " not in user:
            auth = aiohttp.BasicAuth(user, password)
        else:
            headers["Authorization"] = value.text if " " in value.text else f"Bearer {value.text}"
    system = fsspec.filesystem(
        "http",
        client_kwargs={
            "headers": headers,
            "auth": auth,
            "timeout": aiohttp.ClientTimeout(sock_connect=5, sock_read=30),
        },
        block_size=1024**2,
        skip_instance_cache=True,
    )
    return fs.PyFileSystem(fs.FSSpecHandler(system))


def _objects(value: Value, parts: SplitResult) -> tuple[list[RemoteFile], bool]:
    """The objects below a key, by S3's own API, whose errors say exactly what is wrong; whether they are all.

    Of more than can be listed soon, some of each of some folders.
    """
    key = unquote(parts.path.lstrip("/"))
    client = value.client("s3")
    entries = list(islice(_entries(client, parts.netloc, key), _LISTED + 1))
    whole = len(entries) <= _LISTED
    folder = key if not key or key.endswith("/") else f"{key}/"
    if not whole:
        for prefix in evenly(_folders(client, parts.netloc, folder), _SOME_FOLDERS):
            entries += islice(_entries(client, parts.netloc, prefix), _LISTED // _SOME_FOLDERS)
    found = {
        entry["Key"]: RemoteFile(
            f"{parts.netloc}/{entry['Key']}", _below(entry["Key"], key, folder), entry["Size"]
        )
        for entry in entries
        if entry["Key"] == key or entry["Key"].startswith(folder)
    }
    if key in found and found[key].size and not key.endswith("/"):
        return [found[key]], True
    return [file for file in found.values() if file.relative], whole


def _entries(client: Any, bucket: str, prefix: str) -> Iterator[Any]:
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("Contents", ())


def _folders(client: Any, bucket: str, folder: str) -> list[str]:
    """The folders in a folder, or in the only one that is in it."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder, Delimiter="/")
    found = [each["Prefix"] for page in islice(pages, 10) for each in page.get("CommonPrefixes", ())]
    return _folders(client, bucket, found[0]) if len(found) == 1 else found


def _below(key: str, own: str, folder: str) -> str:
    return key.rsplit("/", 1)[-1] if key == own else key[len(folder) :]
