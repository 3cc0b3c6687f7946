"""The file of data connections: what it says, and one sentence for each fault."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import load
from bot.wiring import data_file
from bot.wiring.data import samples
from services.domain.connections import Access, Connection, Origin
from services.domain.errors import SettingsError


def read(folder: Path, text: str) -> dict[str, Connection]:
    path = folder / "data.toml"
    path.write_text(text)
    return data_file.read(path, ["dev", "prod"])


def test_a_connection_has_what_its_table_says(tmp_path: Path):
    found = read(
        tmp_path,
        """
        [web-logs]
        kind = "csv"
        url = "s3://lake/logs"
        description = "Clicks"
        access = ["read", "write"]
        targets = ["prod"]
        users = ["U01ABC"]
        channels = ["C01ABC"]
        mask = "ip"
        leave_out = ["note"]
        sample = { rows = 10, mb = 0.5 }
        credentials = { env = "LOGS_KEY" }
        refresh_hours = 0
        options = { delimiter = "tab", header = false }
        [plain]
        kind = "files"
        url = "/mnt/images"
        credentials = { anonymous = true }
        """,
    )
    logs = found["web-logs"]
    assert logs.environment == "WEB_LOGS_URL"
    assert logs.access == {Access.READ, Access.WRITE}
    assert (logs.masked, logs.left_out) == (("ip",), ("note",))
    assert (logs.limits.rows, logs.limits.files, logs.limits.size) == (10, 20, 500_000)
    assert (logs.credentials.origin, logs.credentials.name) == (Origin.ENVIRONMENT, "LOGS_KEY")
    assert logs.options == {"delimiter": "tab", "header": "false"}
    assert logs.refresh is None
    assert logs.usable(user="U01ABC", channel="C01ABC")
    assert not logs.usable(user="U01ABD", channel="C01ABC")
    assert not logs.usable_on("dev")
    assert found["plain"].refresh == timedelta(days=1)
    assert found["plain"].credentials.origin is Origin.NONE


BASE = '[sales]\nkind = "parquet"\nurl = "s3://lake/sales"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no connections"),
        ("[sales", "isn't valid TOML"),
        ("[Sales]\n", "isn't a connection's name"),
        ("[sales]\n", "sales.kind is missing"),
        ('[sales]\nkind = "paquet"\nurl = "/x"', "unknown `kind`: use `parquet`, `csv`"),
        ('[sales]\nkind = "parquet"\nurl = "lake/sales"', "URL of the wrong form"),
        ('[sales]\nkind = "parquet"\nurl = "ftp://lake/sales"', "URL of the wrong form"),
        ('[sales]\nkind = "csv"\nurl = "https://me:hunter22@x/y.csv"', "password in its URL"),
        (
            '[sales]\nkind = "csv"\nurl = "https://x/y.csv?X-Amz-Signature=hunter22"',
            "has a secret in its URL",
        ),
        ('[sales]\nkind = "postgres"\nurl = "postgresql://x/y?password=hunter22"', "has a secret in its URL"),
        ('[sales]\nkind = "csv"\nurl = "https://x/y.csv"\naccess = "write"', "can't be written to by HTTP"),
        (BASE + "size = 3", "sales.size isn't a known name"),
        (BASE + 'targets = ["test"]', "names the target 'test'"),
        (BASE + 'users = ["anna"]', "sales.users.0 must be a Slack user ID"),
        (BASE + 'options = { regoin = "x" }', "option `regoin` that `parquet` doesn't know"),
        ('[t]\nkind = "iceberg"\nurl = "/t"\noptions = { "catalog.uri" = "x" }', "no option `table`"),
        (
            '[t]\nkind = "iceberg"\nurl = "/t"\noptions = { "catalog.token" = "x" }',
            "has a secret in its option",
        ),
        (BASE + 'tables = ["a"]', "has no tables"),
        (BASE + 'credentials = { env = "A", file = "b" }', "one of `profile`"),
        (BASE + 'variable = "a b"', "must be the name of an environment variable"),
        (BASE + '[x]\nkind = "csv"\nurl = "/x"\nvariable = "SALES_URL"', "both use the environment variable"),
    ],
)
def test_a_fault_is_a_sentence(tmp_path: Path, text: str, said: str):
    with pytest.raises(SettingsError) as raised:
        read(tmp_path, text)
    assert said in raised.value.public
    assert "RAYGEN_DATA: " in raised.value.public
    assert raised.value.public.endswith(".")
    assert "hunter22" not in raised.value.public


def test_the_key_of_masks_is_made_once(tmp_path: Path):
    (tmp_path / "data.toml").write_text(BASE)
    chosen = load(data=tmp_path / "data.toml", state_dir=tmp_path / "state", target_name="dev")
    first, second = samples(chosen, ["dev"]), samples(chosen, ["dev"])
    assert first is not None
    assert second is not None
    assert first.key == second.key
    assert (tmp_path / "state" / "data.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["data.key"]
    assert samples(load(state_dir=tmp_path / "other"), ["dev"]) is None


def test_the_region_and_the_endpoint_of_the_settings_are_those_of_s3_connections(tmp_path: Path):
    (tmp_path / "data.toml").write_text(
        BASE
        + '[own]\nkind = "csv"\nurl = "s3://x/y"\noptions = { region = "us-west-2" }\n[here]\nkind = "csv"\nurl = "/x"\n'
    )
    found = samples(
        load(
            data=tmp_path / "data.toml",
            state_dir=tmp_path / "state",
            aws_region="eu-west-1",
            s3_endpoint="http://127.0.0.1:9",
        ),
        ["dev"],
    )
    assert found is not None
    assert [dict(each.options) for each in found.connections.values()] == [
        {"region": "eu-west-1", "endpoint": "http://127.0.0.1:9"},
        {"region": "us-west-2", "endpoint": "http://127.0.0.1:9"},
        {},
    ]
