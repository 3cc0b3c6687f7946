"""What goes wrong with other people's storage is one sentence that says what to do, and a large folder takes little memory."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.data import registry
from services.data.credentials import Value, value_of
from services.data.process import APART, Work, apart
from services.domain.connections import Credentials, Origin
from services.domain.errors import DataUnavailable, StorageFull
from tests.contract.data import cases, peers
from tests.contract.data.cases import connection
from tests.contract.data.test_sources import source
from tests.small_disk import mounted
from tests.waiting import until

KEY = b"a key of the tests"


def said(kind: str, url: str, **terms: object) -> str:
    wanted = connection(kind, url, **terms)
    with pytest.raises(DataUnavailable) as raised:
        source(wanted).schema()
    assert raised.value.public.endswith(".")
    return raised.value.public


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (
            400,
            "ExpiredToken",
            "The credentials for `sales` have expired. Renew them, and take the sample again.",
        ),
        (403, "InvalidAccessKeyId", "The credentials for `sales` aren't valid there. Correct them."),
        (
            403,
            "AccessDenied",
            "The credentials for `sales` don't allow reading s3://lake/x. Grant them read and list access.",
        ),
        (404, "NoSuchBucket", "There is no bucket at s3://lake/x. Correct the URL of `sales`."),
    ],
)
@pytest.mark.usefixtures("aws")
def test_what_s3_refuses(status: int, code: str, sentence: str):
    with peers.refusing(status, code) as url:
        assert said("parquet", "s3://lake/x", options={"endpoint": url}) == sentence


def test_what_is_not_there(aws: str, monkeypatch: pytest.MonkeyPatch):
    peers.s3(aws).create_bucket(Bucket=peers.BUCKET)
    assert said("csv", "s3://no-such-bucket/x.csv").startswith(
        "There is no bucket at s3://no-such-bucket/x.csv."
    )
    assert said("csv", "s3://lake/no-such-key.csv").startswith(
        "There is nothing at s3://lake/no-such-key.csv."
    )
    assert said("delta", "s3://lake/no-such-table").startswith(
        "There is no Delta table at the URL of `sales`."
    )
    assert said("iceberg", "s3://lake/no-such-table").startswith(
        "There is no Iceberg table at the URL of `sales`."
    )
    gone = {"endpoint": "http://127.0.0.1:9"}
    assert said("csv", "s3://lake/x.csv", options=gone).startswith("s3://lake/x.csv can't be reached.")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert said("csv", "s3://lake/x.csv").startswith("There are no credentials for `sales`.")


@pytest.mark.parametrize(
    ("status", "start"),
    [
        (401, "The credentials for `sales` aren't valid there."),
        (403, "The credentials for `sales` don't allow reading"),
        (404, "There is nothing at"),
        (500, "http://127.0.0.1"),
    ],
)
def test_what_a_web_server_refuses(status: int, start: str):
    with peers.refusing(status, "x") as url:
        assert said("csv", f"{url}/a.csv?signature=hush-hush").startswith(start)
        assert "hush-hush" not in said("csv", f"{url}/a.csv?signature=hush-hush")


def test_the_wrong_format(tmp_path: Path):
    (tmp_path / "a.parquet").write_bytes(b"PAR1 but no")
    (tmp_path / "a.csv").write_bytes(b"\x89PNG\0\0\xff")
    (tmp_path / "a.jsonl").write_text("{'no': 1}\n")
    for kind in ("parquet", "csv", "jsonl"):
        assert f"has a file that isn't {kind}." in said(kind, f"{tmp_path}/a.{kind}")
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "notes.md").write_text("x")
    assert (
        said("parquet", str(empty))
        == "`sales` has no parquet files. Correct its URL or `kind`, or write data there."
    )


def test_credentials_that_can_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fault(origin: Origin, name: str) -> str:
        with pytest.raises(DataUnavailable) as raised:
            value_of(connection("csv", "s3://x/y", credentials=Credentials(origin, name))).session()
        return raised.value.public

    assert "NO_SUCH is not set" in fault(Origin.ENVIRONMENT, "NO_SUCH")
    assert "can't be read" in fault(Origin.FILE, str(tmp_path / "gone"))
    assert "no secret KEY" in fault(Origin.SECRET, "KEY")
    monkeypatch.setenv("KEY", "hush-hush")
    assert fault(Origin.ENVIRONMENT, "KEY").endswith(
        "must hold aws_access_key_id and aws_secret_access_key. Correct them."
    )
    for text in (
        "[default]\naws_access_key_id = A\naws_secret_access_key = B\n",
        "AWS_ACCESS_KEY_ID=A\nAWS_SECRET_ACCESS_KEY=B",
        '{"AccessKeyId": "A", "SecretAccessKey": "B"}',
    ):
        monkeypatch.setenv("KEY", text)
        found = value_of(connection("csv", "s3://x/y", credentials=Credentials(Origin.ENVIRONMENT, "KEY")))
        assert found.session().get_credentials().access_key == "A"
        assert "B" not in repr(found)


def test_a_library_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "deltalake", None)
    monkeypatch.delitem(sys.modules, "services.data.delta", raising=False)
    assert said("delta", str(tmp_path)).endswith("is not installed. Run `pip install 'raygen[data]'`.")


def test_a_full_disk(tmp_path: Path):
    disk = tmp_path / "disk"
    disk.mkdir()
    path = cases.write_csv(tmp_path / "sales.csv", peers.rows(3000))
    wanted = connection("csv", str(path), left_out=())
    with mounted(disk, 16 * 1024):
        (disk / "full").write_bytes(b"x" * 12 * 1024)
        with pytest.raises(StorageFull):
            registry.source(wanted, Value(wanted), source_masker()).sample(disk)


def source_masker():
    from services.data.masking import Masker  # noqa: PLC0415

    return Masker(KEY)


def readers() -> list[psutil.Process]:
    return [
        child for child in psutil.Process().children() if "services.data.process" in " ".join(child.cmdline())
    ]


async def test_reading_ends_at_its_limit_and_when_its_process_dies():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        held = connection("csv", f"http://127.0.0.1:{silent.getsockname()[1]}/x.csv")
        with pytest.raises(DataUnavailable, match=r"took more than 2 seconds"):
            await apart(Work(Value(held), KEY), 2.0)
        assert readers() == []
        reading = asyncio.create_task(APART.checked(Value(held), KEY))
        for child in await until(readers):
            child.kill()
        with pytest.raises(DataUnavailable, match="ended its process"):
            await reading


BIG = os.environ.get("RAYGEN_TEST_BIG_DATA")
_MEASURED = """
import asyncio, resource, sys, tempfile
from pathlib import Path
from services.data.credentials import Value
from services.data.process import APART
from services.domain.connections import Connection
wanted = Connection(name="big", kind="parquet", url=sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    found = asyncio.run(APART.sampled(Value(wanted), b"a key of the tests", Path(folder)))
print(found.profile.rows, found.profile.total_rows, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.skipif(not BIG, reason="RAYGEN_TEST_BIG_DATA=1 makes and samples 5 GB of Parquet")
@pytest.mark.timeout(400)
def test_a_large_folder_takes_little_memory(tmp_path: Path):
    random = np.random.default_rng(0)
    rows = 4_000_000
    for country in ("de", "fr", "us", "jp", "br"):
        folder = tmp_path / f"country={country}"
        folder.mkdir()
        columns = {f"f{number}": random.random(rows) for number in range(16)}
        table = pa.table({**columns, "id": np.arange(rows), "email": [f"u{n}@acme.com" for n in range(rows)]})
        for number in range(2):
            pq.write_table(table, folder / f"{number}.parquet", row_group_size=2_000_000)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.parquet")) > 5e9
    command = [sys.executable, "-c", _MEASURED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
    sampled, total, memory = map(int, done.stdout.split())
    assert (sampled, total) == (1000, 40_000_000)
    assert memory * 1024 < 200e6
