"""The build sandbox's only way out: it can get pages of the configured indexes and the files that these list.

Credentials stay here; the sandbox speaks plain HTTP to this proxy and sees none. A job's `Traffic` is what went through.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import aiohttp
from aiohttp import web
from packaging.utils import canonicalize_name
from yarl import URL

from services.environments import pages, present
from services.environments.pages import File, Page
from services.environments.terms import Index, Terms
from services.environments.wheels import Wheels

PORT = 8099
_ROOT = f"http://127.0.0.1:{PORT}"
_ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.2, */*;q=0.01"
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=20, sock_read=60)
_INSTALLED = "/installed/"
_FRESH = 300.0
_PAGE_SIZE = 64 * 1024**2
_METADATA_SIZE = 4 * 1024**2
_PIECE = 256 * 1024
_REDIRECTS = 5
_PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}")
_ARCHIVES = (".whl", ".tar.gz", ".zip")
_PASSED = ("Content-Type", "Content-Length", "Content-Range", "Accept-Ranges")


@dataclass(slots=True)
class Traffic:
    """What went through the proxy for one job."""

    limit: int
    """Bytes of files, after which nothing more is sent."""
    present: frozenset[str] = frozenset()
    """Packages that are answered for from what is installed here, in that version alone, whatever an index has."""
    received: int = 0
    """Bytes of files so far."""
    over: bool = False
    """More than `limit` was asked for."""
    down: dict[str, str] = field(default_factory=dict[str, str])
    """Indexes that could not be asked, by name, and why."""
    refused: set[str] = field(default_factory=set[str])
    """Hosts that files were looked for at, although they are not allowed."""
    absent: set[str] = field(default_factory=set[str])
    """Projects that an index does not have."""
    files: dict[str, tuple[File, ...]] = field(default_factory=dict[str, tuple[File, ...]])
    """The files of each project that an index has."""
    wrong: set[str] = field(default_factory=set[str])
    """Files whose content is not what the index says, by the hash."""

    def exceeded_by(self, size: int) -> bool:
        """Whether as many bytes more would be too many."""
        self.over = self.over or self.received + size > self.limit
        return self.over


class Down(Exception):
    """An index could not be asked; the message says why, without addresses."""


class IndexProxy:
    """Use `serving` for each job; the pages and wheels that one has got serve the next, too."""

    def __init__(self, terms: Terms, wheels: Wheels) -> None:
        self._terms, self._wheels = terms, wheels
        self._known: dict[str, File] = {}
        self._pages: dict[str, tuple[float, Page | None]] = {}
        self._metadata: dict[str, bytes] = {}
        self._files_from = {index.origin for index in terms.indexes}
        self._files_from |= {("https", host) for host in terms.file_hosts()}
        self._files_from |= {("http", host) for host in terms.hosts}

    @property
    def options(self) -> list[str]:
        """Uv's options that name the indexes as the sandbox sees them."""
        found: list[str] = []
        ordinary = [index for index in self._terms.indexes if not index.flat]
        for index in self._terms.indexes:
            if index.flat:
                found += ["--find-links", _ROOT + _shown(index.url)]
        for index in ordinary[:-1]:
            found += ["--index", _ROOT + _shown(index.url)]
        found += ["--default-index", _ROOT + _shown(ordinary[-1].url)] if ordinary else ["--no-index"]
        if self._terms.best_match:
            found += ["--index-strategy", "unsafe-best-match"]
        return found

    @asynccontextmanager
    async def serving(self, socket: Path, traffic: Traffic) -> AsyncGenerator[None]:
        """Answer at the Unix socket for as long as the context lasts."""
        async with self.asking() as asking:
            gate = _Gate(self, asking, traffic)
            runner = web.AppRunner(gate.application(), access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            try:
                await web.UnixSite(runner, str(socket)).start()
                yield
            finally:
                await runner.cleanup()

    @asynccontextmanager
    async def asking(self) -> AsyncGenerator[aiohttp.ClientSession]:
        context = ssl.create_default_context(
            cafile=str(self._terms.certificates) if self._terms.certificates else None
        )
        async with aiohttp.ClientSession(
            timeout=_TIMEOUT,
            connector=aiohttp.TCPConnector(ssl=context, limit=20),
            trust_env=True,
            cookie_jar=aiohttp.DummyCookieJar(),
        ) as session:
            yield session

    async def answers(self) -> dict[str, str]:
        """Each index that can't be asked, by its name, and why."""
        found: dict[str, str] = {}
        async with self.asking() as session:
            for index in self._terms.indexes:
                try:
                    await self._fetch_page(session, index, index.url if index.flat else f"{index.url}/pip/")
                except Down as error:
                    found[index.name] = str(error)
        return found

    def page_of(self, url: str) -> tuple[Index, str] | None:
        """The index whose page this is, and the name of the project."""
        for index in self._terms.indexes:
            if index.flat and url.rstrip("/") == index.url:
                return index, ""
            rest = url.removeprefix(index.url + "/")
            if not index.flat and rest != url and _PROJECT.fullmatch(rest.rstrip("/")):
                return index, rest.rstrip("/")
        return None

    def file(self, url: str) -> File | None:
        """A file that a page has listed, where it may come from there."""
        found = self._known.get(url)
        return found if found and urlsplit(url)[:2] in self._files_from else None

    def address(self, url: str) -> str:
        """The address that one in the sandbox stands for; empty for none."""
        return _asked(url.removeprefix(_ROOT)) if url.startswith(_ROOT) else ""

    async def size(self, url: str) -> int | None:
        """Bytes of a file; None where nobody says."""
        file = self.file(url)
        if file is None or file.size is not None or urlsplit(url).scheme == "file":
            return file.size if file else None
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
            async with (
                self.asking() as session,
                self.get(session, url, {"Accept-Encoding": "identity"}, "HEAD") as response,
            ):
                return response.content_length if response.status == HTTPStatus.OK else None
        return None

    async def page(self, session: aiohttp.ClientSession, index: Index, project: str) -> Page | None:
        """None where the index does not have the project. Raises Down."""
        url = index.url if index.flat else f"{index.url}/{project}/"
        since, page = self._pages.get(url, (0.0, None))
        if page is None or time.monotonic() - since > _FRESH:
            page = await self._fetch_page(session, index, url)
            if page is not None:
                self._pages[url] = (time.monotonic(), page)
                self._known |= {file.url: file for file in page.files}
        return page

    async def _fetch_page(self, session: aiohttp.ClientSession, index: Index, url: str) -> Page | None:
        if index.local:
            return await asyncio.to_thread(_local_page, index, url)
        try:
            async with self.get(session, url, {"Accept": _ACCEPT}) as response:
                if response.status == HTTPStatus.NOT_FOUND and not index.flat:
                    return None
                if response.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
                    raise Down("it refuses the credentials")
                if response.status != HTTPStatus.OK:
                    raise Down(f"it answers with status {response.status}")
                body = await _limited(response, _PAGE_SIZE)
                return await asyncio.to_thread(
                    pages.read, str(response.url), response.content_type, body, _shown
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Down(_why(error)) from None
        except ValueError:
            raise Down("its page can't be read") from None

    async def metadata(self, session: aiohttp.ClientSession, url: str) -> bytes | None:
        """The metadata that an index has beside a wheel; None where it has none. Raises Down."""
        if url not in self._metadata:
            try:
                async with self.get(session, url, {}) as response:
                    if response.status != HTTPStatus.OK:
                        return None
                    self._metadata[url] = await _limited(response, _METADATA_SIZE)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                raise Down(_why(error)) from None
        return self._metadata[url]

    @asynccontextmanager
    async def get(
        self, session: aiohttp.ClientSession, url: str, headers: dict[str, str], method: str = "GET"
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        """An answer from upstream, with credentials where an index has some, and redirects to allowed hosts followed."""
        for _ in range(_REDIRECTS):
            origin = urlsplit(url)[:2]
            if origin not in self._files_from:
                raise Refused(origin[1])
            login = next((each for each in self._terms.indexes if each.user and each.origin == origin), None)
            auth = {"Authorization": aiohttp.encode_basic_auth(login.user, login.password)} if login else {}
            async with session.request(
                method, URL(url, encoded=True), headers={**headers, **auth}, allow_redirects=False
            ) as response:
                target = response.headers.get("Location")
                if response.status not in {301, 302, 303, 307, 308} or not target:
                    yield response
                    return
                url = urljoin(url, target)
        raise aiohttp.ClientError("too many redirects")

    @property
    def wheels(self) -> Wheels:
        return self._wheels


class Refused(aiohttp.ClientError):
    """A redirect leads to a host that is not allowed."""


class _Gate:
    """Answers one job's requests."""

    def __init__(self, proxy: IndexProxy, session: aiohttp.ClientSession, traffic: Traffic) -> None:
        self._proxy, self._session, self._traffic = proxy, session, traffic

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith(_INSTALLED):
            return _installed(request.path.removeprefix(_INSTALLED))
        url = _asked(request.raw_path)
        try:
            if answer := await self._answered(request, url):
                return answer
            self._traffic.refused.add(urlsplit(url).netloc)
        except Down as error:
            self._note_down(url, error)
        except Refused as error:
            self._traffic.refused.add(str(error))
        return web.Response(status=HTTPStatus.BAD_GATEWAY)

    async def _answered(self, request: web.Request, url: str) -> web.StreamResponse | None:
        """None for what is neither a page of an index nor a file that one lists."""
        if page := self._proxy.page_of(url.partition("?")[0]):
            return await self._page(*page)
        if file := self._proxy.file(url):
            return await self._file(request, file)
        if file := self._proxy.file(url.removesuffix(".metadata")):
            return await self._metadata(url, file)
        return None

    async def _page(self, index: Index, project: str) -> web.Response:
        if canonicalize_name(project) in self._traffic.present:
            return _installed_page(canonicalize_name(project))
        page = await self._proxy.page(self._session, index, project)
        if page is None:
            self._traffic.absent.add(project)
            return web.Response(status=HTTPStatus.NOT_FOUND)
        if project:
            self._traffic.files[project] = (*self._traffic.files.get(project, ()), *page.files)
        return web.Response(body=page.body, headers={"Content-Type": page.media_type})

    async def _metadata(self, url: str, file: File) -> web.Response:
        if urlsplit(file.url).scheme == "file":
            return web.Response(status=HTTPStatus.NOT_FOUND)
        body = await self._proxy.metadata(self._session, url)
        if body is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        return web.Response(body=body, headers={"Content-Type": "application/octet-stream"})

    async def _file(self, request: web.Request, file: File) -> web.StreamResponse:
        stored = self._proxy.wheels.find(file.sha256)
        local = stored or (_path(file.url) if urlsplit(file.url).scheme == "file" else None)
        if local:
            return await self._stored(request, local)
        headers = {"Accept-Encoding": "identity"}
        if "Range" in request.headers:
            headers["Range"] = request.headers["Range"]
        try:
            async with self._proxy.get(self._session, file.url, headers, request.method) as response:
                if response.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
                    raise Down("it refuses the credentials")
                if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise Down(f"it answers with status {response.status}")
                if request.method == "GET" and self._traffic.exceeded_by(response.content_length or 0):
                    raise Down("the limit for downloads is reached")
                passed = {name: response.headers[name] for name in _PASSED if name in response.headers}
                answer = web.StreamResponse(status=response.status, headers=passed)
                await answer.prepare(request)
                if request.method == "HEAD":
                    return answer
                await self._pass_on(request, answer, response, file)
                return answer
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
            raise Down(_why(error)) from None

    async def _pass_on(
        self,
        request: web.Request,
        answer: web.StreamResponse,
        response: aiohttp.ClientResponse,
        file: File,
    ) -> None:
        """Send the body; a whole file whose content is as the index says is stored."""
        whole = response.status == HTTPStatus.OK
        try:
            with self._proxy.wheels.storing(file.sha256 if whole else "") as incoming:
                async for piece in response.content.iter_chunked(_PIECE):
                    self._count(len(piece))
                    incoming.write(piece)
                    await answer.write(piece)
                if not incoming.matches:
                    self._traffic.wrong.add(file.name)
        except (aiohttp.ClientError, TimeoutError, Down) as error:
            self._note_down(file.url, error if isinstance(error, Down) else Down(_why(error)))
            if request.transport:  # the sandbox has a part of it, and must not take it for the whole
                request.transport.abort()
            return
        await answer.write_eof()

    async def _stored(self, request: web.Request, path: Path) -> web.StreamResponse:
        if request.method == "GET" and "Range" not in request.headers:
            self._count(path.stat().st_size)  # noqa: ASYNC240  # a local file
        return web.FileResponse(path, chunk_size=_PIECE)

    def _note_down(self, url: str, error: Down) -> None:
        if not self._traffic.over:
            self._traffic.down[urlsplit(url).netloc or "the local index"] = str(error)

    def _count(self, size: int) -> None:
        self._traffic.received += size
        if self._traffic.exceeded_by(0):
            raise Down("the limit for downloads is reached")


def _installed_page(project: str) -> web.Response:
    """A page with one wheel, which stands for what is installed: nobody downloads it, its metadata is all that is asked for."""
    name = f"{project.replace('-', '_')}-{present.installed()[project]}-py3-none-any.whl"
    link = {"href": f"{_INSTALLED}{name}#sha256={'0' * 64}", "data-core-metadata": "true"}
    return web.Response(body=pages.listing([(name, link)]), content_type="text/html")


def _installed(path: str) -> web.Response:
    name, version = path.partition("-")[::2]
    project = canonicalize_name(name)
    if not version.endswith(".metadata") or project not in present.installed():
        return web.Response(status=HTTPStatus.NOT_FOUND)
    return web.Response(body=present.metadata_of(project).encode(), content_type="application/octet-stream")


def _shown(url: str) -> str:
    """The path at which the sandbox finds an address."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"/{parts.scheme}/{parts.netloc or '-'}{parts.path}{query}"


def _asked(raw: str) -> str:
    """The address that a path of the sandbox's stands for; empty for none."""
    scheme, _, rest = raw.lstrip("/").partition("/")
    authority, _, path = rest.partition("/")
    if scheme not in {"http", "https", "file"} or not authority or (scheme == "file") != (authority == "-"):
        return ""
    return f"{scheme}://{'' if authority == '-' else authority}/{path}"


def _path(url: str) -> Path:
    return Path(unquote(urlsplit(url).path))


def _local_page(index: Index, url: str) -> Page | None:
    """The page of a directory: its `index.html`, or else the archives in it."""
    directory = _path(url)
    try:
        file = directory if directory.is_file() else directory / "index.html"
        if not index.flat and not directory.is_dir():
            if not _path(index.url).is_dir():
                raise Down("there is no such directory")
            return None
        base = url if directory.is_file() else url.rstrip("/") + "/"
        if file.is_file():
            page = pages.read(base, "text/html", file.read_bytes(), _shown)
            # An index in a directory has its files beside it or beside the index, never anywhere else.
            root = _path(index.url).resolve() if index.flat else _path(index.url).resolve().parent
            inside = tuple(each for each in page.files if _is_archive_below(each.url, root))
            return Page(page.body, page.media_type, tuple(_with_size(each) for each in inside))
        names = sorted(each.name for each in directory.iterdir() if each.name.endswith(_ARCHIVES))
    except OSError as error:
        raise Down(error.strerror or "it can't be read") from None
    urls = {name: base + quote(name) for name in names}
    body = pages.listing((name, {"href": _shown(urls[name])}) for name in names)
    return Page(body, "text/html", tuple(_with_size(File(name, urls[name])) for name in names))


def _is_archive_below(url: str, root: Path) -> bool:
    path = _path(url) if urlsplit(url).scheme == "file" else None
    return path is not None and path.name.endswith(_ARCHIVES) and path.resolve().is_relative_to(root)


def _with_size(file: File) -> File:
    with contextlib.suppress(OSError):
        return replace(file, size=_path(file.url).stat().st_size)
    return file


async def _limited(response: aiohttp.ClientResponse, limit: int) -> bytes:
    body = bytearray()
    async for piece in response.content.iter_chunked(_PIECE):
        body += piece
        if len(body) > limit:
            raise ValueError("too long")
    return bytes(body)


def _why(error: BaseException) -> str:
    match error:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
            return "its certificate isn't trusted"
        case aiohttp.ClientConnectorDNSError():
            return "its name can't be resolved"
        case TimeoutError():
            return "it doesn't answer in time"
        case aiohttp.ClientConnectorError():
            return "it can't be reached"
        case _:
            return "the connection broke off"
