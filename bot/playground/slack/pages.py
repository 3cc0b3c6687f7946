"""The page's files, and the headers that keep them to themselves."""

from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; "
    "media-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
PLACEHOLDER = (
    "<!doctype html><title>raygen playground</title>"
    "<p>The page is not installed here; see <a href='/play'>/play</a>."
)
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def routes(page_dir: Path) -> list[web.AbstractRouteDef]:
    async def index(_request: web.Request) -> web.StreamResponse:
        page = page_dir / "index.html"
        if page.is_file():
            return web.FileResponse(page)
        return web.Response(text=PLACEHOLDER, content_type="text/html")

    async def permalink(request: web.Request) -> web.StreamResponse:
        channel, stamp = request.match_info["channel"], request.match_info["ts"].removeprefix("p")
        raise web.HTTPFound(f"/#/{channel}/{stamp[:-6]}.{stamp[-6:]}")

    files = [web.static("/page", page_dir)] if page_dir.is_dir() else []
    return [web.get("/", index), web.get("/archives/{channel}/{ts}", permalink), *files]


@web.middleware
async def only_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another site makes a browser send: it may not drive this playground."""
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    bound = request.transport.get_extra_info("sockname") if request.transport else None
    on_loopback = bool(bound) and bound[0] in LOOPBACK
    if (on_loopback and host not in LOOPBACK) or (origin and urlsplit(origin).netloc != request.host):
        body = {"ok": False, "error": "foreign_origin", "message": "Only the playground's own page may ask."}
        return web.json_response(body, status=403)
    return await handler(request)


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-cache")
