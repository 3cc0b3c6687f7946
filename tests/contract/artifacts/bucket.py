"""A small S3: one bucket in memory that asks for signatures and answers errors in XML, as the real one does."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

BUCKET = "raygen"


@dataclass
class Bucket:
    """Objects by key; the next requests fail with the statuses in `faults`."""

    objects: dict[str, bytes] = field(default_factory=dict)
    faults: list[int] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        content = await request.read()
        if self.faults:
            status = self.faults.pop(0)
            return _error(status, "SlowDown" if status == 503 else "AccessDenied")
        signed = request.headers.get("Authorization", "")
        if not signed.startswith("AWS4-HMAC-SHA256 Credential=") or "Signature=" not in signed:
            return _error(403, "AccessDenied")
        if request.headers.get("x-amz-content-sha256") not in {
            hashlib.sha256(content).hexdigest(),
            "UNSIGNED-PAYLOAD",
        }:
            return _error(400, "XAmzContentSHA256Mismatch")
        if request.match_info["bucket"] != BUCKET:
            return _error(404, "NoSuchBucket")
        return self._serve(request.method, request.match_info["key"], content)

    def _serve(self, method: str, key: str, content: bytes) -> web.Response:
        match method:
            case "PUT":
                self.objects[key] = content
                return web.Response(headers={"ETag": f'"{hashlib.md5(content).hexdigest()}"'})
            case "DELETE":
                self.objects.pop(key, None)
                return web.Response(status=204)
            case "GET" | "HEAD" if key in self.objects:
                return web.Response(body=self.objects[key])
            case _:
                return _error(404, "NoSuchKey")


@asynccontextmanager
async def serving() -> AsyncGenerator[Bucket]:
    bucket = Bucket()
    app = web.Application(client_max_size=64 * 1024**2)
    app.router.add_route("*", "/{bucket}/{key:.+}", bucket.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        bucket.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield bucket
    finally:
        await runner.cleanup()


def _error(status: int, code: str) -> web.Response:
    text = (
        f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{code}</Message></Error>"
    )
    return web.Response(status=status, text=text, content_type="application/xml")
