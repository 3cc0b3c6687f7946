"""Servers for data on loopback, and tables with planted values that no sample may hold."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer

BUCKET = "lake"
COUNTRIES = ("de", "fr", "us")
ROWS = 300
#: What must be nowhere in a sample: part of an address, a name in a masked column, a phone, a card, a key.
PLANTED = ("acme-corp", "Wilhelmina", "212-867-5309", "4111111111111111", "AKIAQWERTYUIOPASDFGH", "hush-hush")


def row(number: int) -> dict[str, object]:
    return {
        "id": number,
        "amount": number / 4,
        "name": f"Wilhelmina{number}",
        "contact": f"w{number}@acme-corp.com",
        "note": f"call +1 212-867-5309, card 4111111111111111, key AKIAQWERTYUIOPASDFGH, number {number}",
        "internal": "hush-hush",
        "country": COUNTRIES[number % 3],
    }


def rows(count: int = ROWS) -> list[dict[str, object]]:
    return [row(number) for number in range(count)]


def by_country() -> dict[str, list[dict[str, object]]]:
    """The rows of each country, without it."""
    return {
        country: [
            {name: value for name, value in each.items() if name != "country"}
            for each in rows()
            if each["country"] == country
        ]
        for country in COUNTRIES
    }


@contextmanager
def aws() -> Generator[str]:
    """S3 and Glue; the address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def upload(endpoint: str, folder: Path, prefix: str) -> str:
    """The folder's files as objects; the URL of the prefix."""
    client = s3(endpoint)
    client.create_bucket(Bucket=BUCKET)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            client.upload_file(str(path), BUCKET, f"{prefix}/{path.relative_to(folder).as_posix()}")
    return f"s3://{BUCKET}/{prefix}"


def s3(endpoint: str):
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")


@contextmanager
def refusing(status: int, code: str) -> Generator[str]:
    """An S3 that answers every request with this error."""

    class Refusing(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>".encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if self.command == "GET" else b"")

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    with _serving(Refusing) as url:
        yield url


@contextmanager
def web(folder: Path) -> Generator[str]:
    """The folder's files by HTTP; the address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    with _serving(functools.partial(Quiet, directory=str(folder))) as url:
        yield url


@contextmanager
def _serving(handler: Callable[..., http.server.BaseHTTPRequestHandler]) -> Generator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
