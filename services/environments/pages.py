"""Pages of a package index, in both forms of the simple API: the files that they list, and their links rewritten.

Source: https://packaging.python.org/en/latest/specifications/simple-repository-api/
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import cast
from urllib.parse import unquote, urldefrag, urljoin

from services.domain.untrusted_data import from_json

_HASH = re.compile(r"sha256=([0-9a-f]{64})")
_KEPT = ("data-requires-python", "data-yanked", "data-core-metadata", "data-dist-info-metadata")
_JSON = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True, slots=True)
class File:
    """One file of a project."""

    name: str
    """Such as `polars-2.1.0-py3-none-any.whl`."""
    url: str
    """Where it is, absolute and without a fragment."""
    sha256: str = ""
    """Of its content; empty where the index does not say."""
    size: int | None = None
    """Bytes, where the index says."""
    requires_python: str = ""
    """Versions of Python that it is for, as its maker wrote them."""
    yanked: bool = False
    """Withdrawn: installed only where that version is asked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """A project's page as the build sandbox gets it, and what it lists."""

    body: bytes
    media_type: str
    files: tuple[File, ...]


def read(url: str, media_type: str, body: bytes, rewritten: Callable[[str], str]) -> Page:
    """The page with each link replaced by `rewritten(absolute URL)`. Raises ValueError when it is none."""
    if media_type == _JSON or media_type.endswith("json"):
        return _json(url, body, rewritten)
    return _html(url, body, rewritten)


def listing(links: Iterable[tuple[str, Mapping[str, str]]]) -> bytes:
    """An HTML page of links: what each shows, and its attributes."""
    found: list[str] = []
    for text, attributes in links:
        written = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
        found.append(f"<a{written}>{html.escape(text)}</a><br>\n")
    return f"<!DOCTYPE html><html><body>\n{''.join(found)}</body></html>".encode()


def _json(url: str, body: bytes, rewritten: Callable[[str], str]) -> Page:
    found = from_json(body.decode())
    if not isinstance(found, dict):
        raise ValueError("the page is no object")  # noqa: TRY004  # as all that is wrong with it
    page = cast("dict[str, object]", found)
    listed = page.get("files")
    files: list[File] = []
    for entry in cast("list[object]", listed) if isinstance(listed, list) else []:
        if isinstance(entry, dict) and (file := _file(url, cast("dict[str, object]", entry))):
            files.append(file)
            entry["url"] = rewritten(file.url)
    return Page(json.dumps(page).encode(), _JSON, tuple(files))


def _file(page: str, entry: dict[str, object]) -> File | None:
    name, url, size = entry.get("filename"), entry.get("url"), entry.get("size")
    if not isinstance(name, str) or not isinstance(url, str):
        return None
    hashes = entry.get("hashes")
    sha256 = cast("dict[str, object]", hashes).get("sha256") if isinstance(hashes, dict) else None
    python = entry.get("requires-python")
    return File(
        name,
        urldefrag(urljoin(page, url)).url,
        sha256 if isinstance(sha256, str) else "",
        size if isinstance(size, int) and size >= 0 else None,
        python if isinstance(python, str) else "",
        entry.get("yanked") not in {None, False},
    )


class _Links(HTMLParser):
    """The attributes of each link."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "a" and attributes.get("href"):
            self.found.append(attributes)


def _html(url: str, body: bytes, rewritten: Callable[[str], str]) -> Page:
    parser = _Links()
    parser.feed(body.decode("utf-8", "replace"))
    parser.close()
    files: list[File] = []
    links: list[tuple[str, dict[str, str]]] = []
    for link in parser.found:
        target, fragment = urldefrag(urljoin(url, link["href"]))
        sha256 = _HASH.fullmatch(fragment)
        name = unquote(target.rpartition("/")[2])
        files.append(
            File(
                name,
                target,
                sha256[1] if sha256 else "",
                requires_python=link.get("data-requires-python", ""),
                yanked="data-yanked" in link,
            )
        )
        own = {key: value for key, value in link.items() if key in _KEPT}
        links.append((name, {"href": rewritten(target) + (f"#{fragment}" if fragment else ""), **own}))
    return Page(listing(links), "text/html", tuple(files))
