"""Secrets by name: where their values come from, who may use them where, and what stands in for them."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner
from moto.server import ThreadedMotoServer

from bot.cli import main
from bot.doctor import secrets as doctor
from bot.runtime import logs
from bot.settings import load
from bot.wiring import secret_file
from services.domain.errors import NotAllowed, SecretUnavailable, SettingsError
from services.secrets.configured import ConfiguredSecrets
from services.secrets.interface import AwsSecret, EnvironmentVariable, OnTarget, Secret, SecretFile, Source

VALUE = "sk-proj-4fT9aQzR7LmWx2Yb8KcVn3"
FILE = """
[OPENAI_API_KEY]
aws = "prod/openai"
key = "api_key"
description = "Embeddings"
users = ["U01ABC", "api:ci"]
channels = ["C01ABC", "direct"]
targets = ["gpu"]

[WANDB_API_KEY]
env = "TEAM_WANDB"

[DB_PASSWORD]
file = "/run/secrets/db"

[HF_TOKEN]
on = "target"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "secrets.toml"
    path.write_text(text)
    return path


def one(source: Source) -> ConfiguredSecrets:
    return ConfiguredSecrets([Secret(name="KEY", source=source)])


def test_the_file_names_where_values_are_and_who_may_use_them(tmp_path: Path):
    found = {each.name: each for each in secret_file.read(written(tmp_path, FILE), ["gpu", "dev"])}
    assert found["OPENAI_API_KEY"] == Secret(
        name="OPENAI_API_KEY",
        source=AwsSecret("prod/openai", "api_key"),
        description="Embeddings",
        users=frozenset({"U01ABC", "api:ci"}),
        channels=frozenset({"C01ABC", "direct"}),
        targets=frozenset({"gpu"}),
    )
    assert found["WANDB_API_KEY"].source == EnvironmentVariable("TEAM_WANDB")
    assert found["DB_PASSWORD"].source == SecretFile(Path("/run/secrets/db"))
    assert [each.on_target for each in found.values()] == [False, False, False, True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[a", "isn't valid TOML"),
        ("A = 1\n", "A must be an object"),
        ("['a b']\nenv = 'X'\n", "'a b' isn't the name of an environment variable"),
        ("[LD_PRELOAD]\nenv = 'X'\n", "LD_PRELOAD has a meaning for Python, Ray or the system"),
        ("[PYTHONPATH]\nenv = 'X'\n", "PYTHONPATH has a meaning"),
        ("[A]\n", 'A needs one of `env`, `file`, `aws` and `on = "target"`'),
        ("[A]\nenv = 'X'\nfile = 'y'\n", "A needs one of"),
        ("[A]\nenv = 'X'\nkey = 'y'\n", "A has a `key`, which only belongs to `aws`"),
        ("[A]\non = 'cluster'\n", "A.on must be"),
        ("[A]\nenv = 'X'\nvalue = 's3cr3t'\n", "A.value isn't a known name"),
        ("[A]\nenv = 'X'\nusers = ['joe']\n", "A.users.0 must be a Slack user ID"),
        ("[A]\nenv = 'X'\nchannels = ['#general']\n", "A.channels.0 must be a Slack channel ID"),
        ("[A]\nenv = 'X'\ntargets = ['gpus']\n", "there is no target 'gpus'. The targets are gpu."),
        ("[A]\nenv = 'ANTHROPIC_API_KEY'\n", "A.env names raygen's own ANTHROPIC_API_KEY"),
    ],
)
def test_a_wrong_file_is_reported_in_one_sentence(tmp_path: Path, text: str, words: str):
    with pytest.raises(SettingsError, match="RAYGEN_SECRETS") as error:
        secret_file.read(written(tmp_path, text), ["gpu"])
    assert words in error.value.public
    assert "s3cr3t" not in error.value.public


def test_who_may_use_a_secret_where(tmp_path: Path):
    found = ConfiguredSecrets(secret_file.read(written(tmp_path, FILE), ["gpu", "dev"]))
    here: dict[str, Any] = {"user": "U01ABC", "channel": "C01ABC", "target": "gpu"}
    assert found.usable("OPENAI_API_KEY", **here).description == "Embeddings"
    assert found.usable("OPENAI_API_KEY", **{**here, "channel": "D123"})
    refused = {
        ("OPENAI_API_KEY", "channel", "C02DEF"): "The secret OPENAI_API_KEY can't be used in this channel.",
        ("OPENAI_API_KEY", "target", "dev"): "can't be used on the target dev. It can be used on gpu.",
    }
    for (name, what, value), words in refused.items():
        with pytest.raises(NotAllowed) as error:
            found.usable(name, **{**here, what: value})
        assert words in error.value.public


def test_people_learn_nothing_of_secrets_that_are_not_theirs(tmp_path: Path):
    found = ConfiguredSecrets(secret_file.read(written(tmp_path, FILE), ["gpu", "dev"]))
    there, absent = (
        _refusal(found, name).replace(name, "NAME") for name in ("OPENAI_API_KEY", "NOT_CONFIGURED")
    )
    assert (
        there
        == absent
        == "There is no secret NAME that you can use. You can use DB_PASSWORD, HF_TOKEN, WANDB_API_KEY."
    )
    assert [each.name for each in found.available(user="U02DEF", channel="C01ABC")] == [
        "DB_PASSWORD",
        "HF_TOKEN",
        "WANDB_API_KEY",
    ]


def _refusal(found: ConfiguredSecrets, name: str) -> str:
    with pytest.raises(NotAllowed) as error:
        found.usable(name, user="U02DEF", channel="C01ABC", target="gpu")
    return error.value.public


async def test_values_are_read_when_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "key"
    file.write_text(f"{VALUE}\n")
    monkeypatch.setenv("TEAM_KEY", VALUE)
    for found in (one(SecretFile(file)), one(EnvironmentVariable("TEAM_KEY"))):
        assert await found.value("KEY") == VALUE
    file.write_text("another one")
    assert await one(SecretFile(file)).value("KEY") == "another one"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"abc\n", "fewer than 4 characters"),
        (b"a\0bcde", "zero byte"),
        (b"\xff\xfe\x00a", "isn't text in UTF-8"),
        (b"x" * 40_000, "more than 32 KiB"),
        (None, "its file can't be opened (No such file or directory)"),
    ],
)
async def test_a_value_that_can_not_be_one_is_a_sentence(tmp_path: Path, content: bytes | None, words: str):
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SecretUnavailable, match=r"^The secret KEY can't be read: ") as error:
        await one(SecretFile(file)).value("KEY")
    assert words in error.value.public
    assert str(tmp_path) not in error.value.public


async def test_what_is_not_here_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NOT_SET", raising=False)
    with pytest.raises(SecretUnavailable, match="environment has no variable NOT_SET"):
        await one(EnvironmentVariable("NOT_SET")).value("KEY")
    with pytest.raises(SecretUnavailable, match="only the target has it"):
        await one(OnTarget()).value("KEY")
    with pytest.raises(SecretUnavailable, match="RAYGEN_SECRETS doesn't list it"):
        await ConfiguredSecrets().value("KEY")


@pytest.fixture(scope="module")
def secrets_manager() -> Generator[str]:
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(secrets_manager: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in {
        "AWS_ENDPOINT_URL": secrets_manager,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }.items():
        monkeypatch.setenv(name, value)
    return boto3.client("secretsmanager")


async def test_secrets_manager_has_the_value_or_a_key_of_it(aws: Any):
    arn = aws.create_secret(Name="whole", SecretString=VALUE)["ARN"]
    aws.create_secret(Name="object", SecretString=json.dumps({"api_key": VALUE, "deep": {}, "port": 5432}))
    aws.create_secret(Name="bytes", SecretBinary=b"binary")
    assert await one(AwsSecret("whole")).value("KEY") == VALUE
    assert await one(AwsSecret(arn)).value("KEY") == VALUE
    assert await one(AwsSecret("object", "api_key")).value("KEY") == VALUE
    assert await one(AwsSecret("object", "port")).value("KEY") == "5432"
    for source, words in {
        AwsSecret("absent"): "AWS Secrets Manager has no such secret",
        AwsSecret("object", "token"): "it has no text under the key `token`",
        AwsSecret("object", "deep"): "it has no text under the key `deep`",
        AwsSecret("whole", "api_key"): "it isn't a JSON object, so it has no `api_key`",
        AwsSecret("bytes"): "it is stored as bytes",
    }.items():
        with pytest.raises(SecretUnavailable) as error:
            await one(source).value("KEY")
        assert words in error.value.public
        assert VALUE not in error.value.public
    aws.delete_secret(SecretId="whole")
    with pytest.raises(SecretUnavailable, match="marked for deletion"):
        await one(AwsSecret("whole")).value("KEY")


async def test_without_credentials_or_a_region_that_is_said(aws: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(SecretUnavailable, match="raygen has no AWS credentials"):
        await one(AwsSecret("any")).value("KEY")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(SecretUnavailable, match="raygen has no AWS region"):
        await one(AwsSecret("any")).value("KEY")


SHAPES = {
    "key of a known service": VALUE,
    "hexadecimal": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
    "UUID": "3F2504E0-4F89-11D3-9A0C-0305E82C3301",
    "digits": "4111111111111111",
    "password": "correct-Horse 7battery!",
    "address": "postgresql://scorer:s3cr3tpassw0rd@db.example.com:5432/sales",
    "JSON": json.dumps(
        {"type": "service_account", "private_key": "abcdefghijkl0123", "port": 5432, "on": True}
    ),
    "PEM": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSj\n-----END PRIVATE KEY-----\n",
    "short": "pin7",
    "signs alone": "!!!!????",
}


@pytest.mark.parametrize("value", SHAPES.values(), ids=SHAPES)
async def test_a_dummy_has_the_shape_and_nothing_else(value: str, tmp_path: Path):
    file = tmp_path / "key"
    file.write_text(value)
    found = one(SecretFile(file))
    dummy = await found.dummy("KEY")
    assert dummy == await found.dummy("KEY")
    assert found.dummies_in(f"Authorization: Bearer {dummy}\n") == ("KEY",)
    assert ConfiguredSecrets().dummies_in(dummy) == ()
    public = r"sk-proj-|-----(?:BEGIN|END) PRIVATE KEY-----|postgresql://|type|private_key|port|on|true"
    for word in re.findall(r"[A-Za-z0-9]{5,}", re.sub(public, " ", value)):
        assert word not in dummy
    assert await one(SecretFile(file)).dummy("KEY") != dummy, "another process has another"


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("key of a known service", r"sk-proj-\w{22}"),
        ("hexadecimal", r"[0-9a-f]{40}"),
        ("UUID", r"[0-9A-Z]{8}(-[0-9A-Z]{4}){3}-[0-9A-Z]{12}"),
        ("digits", r"\d{16}"),
        ("address", r"postgresql://\w{6}:\w{14}@\w\w\.\w{7}\.\w{3}:\d{4}/\w{5}"),
        ("PEM", r"-----BEGIN PRIVATE KEY-----\n\w{32}\n\w{8}\n-----END PRIVATE KEY-----"),
    ],
)
async def test_the_shape(kind: str, pattern: str, tmp_path: Path):
    file = tmp_path / "key"
    file.write_text(SHAPES[kind])
    assert re.fullmatch(pattern, await one(SecretFile(file)).dummy("KEY"))


async def test_a_json_dummy_has_the_same_keys(tmp_path: Path):
    file = tmp_path / "key"
    file.write_text(SHAPES["JSON"])
    found = one(SecretFile(file))
    dummy = json.loads(await found.dummy("KEY"))
    assert {name: type(each) for name, each in dummy.items()} == {
        "type": str,
        "private_key": str,
        "port": int,
        "on": bool,
    }
    assert found.dummies_in(f"key={dummy['private_key']}") == ("KEY",), "a part of it is known as well"


async def test_without_a_value_a_dummy_looks_like_a_token():
    assert re.fullmatch(r"[a-z]{40}", await one(OnTarget()).dummy("KEY"))


@pytest.fixture
def _file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "[GOOD]\nenv = 'TEAM_KEY'\n[BAD]\nfile = 'none'\nusers = ['U01ABC']\n[THERE]\non = 'target'\n"
    monkeypatch.setenv("RAYGEN_SECRETS", str(written(tmp_path, text)))
    monkeypatch.setenv("TEAM_KEY", VALUE)


@pytest.mark.usefixtures("_file")
def test_the_command_lists_and_checks_and_prints_no_value():
    ran = CliRunner().invoke(main, ["secrets", "list"])
    assert ran.output == (
        "BAD: file none\n  only users: U01ABC\nGOOD: environment variable TEAM_KEY\nTHERE: on the target\n"
    )
    assert [
        each["name"] for each in json.loads(CliRunner().invoke(main, ["secrets", "list", "--json"]).output)
    ] == [
        "BAD",
        "GOOD",
        "THERE",
    ]
    ran = CliRunner().invoke(main, ["secrets", "check"])
    assert ran.exit_code == 1
    assert "The secret BAD can't be read: its file can't be opened" in ran.output
    assert "GOOD can be read." in ran.output
    found = json.loads(CliRunner().invoke(main, ["secrets", "check", "--json"]).output)
    assert {each["name"]: each["ok"] for each in found} == {"BAD": False, "GOOD": True, "THERE": True}
    assert VALUE not in ran.output + json.dumps(found)


async def test_no_value_is_logged_at_any_level(aws: Any, capfd: pytest.CaptureFixture[str]):
    value = "correct-horse-battery"  # nothing that looks like a secret
    aws.create_secret(Name="logged", SecretString=value)
    before = {name: logging.getLogger(name).level for name in ("", *logs._LOUD)}
    root = logging.getLogger()
    handlers = root.handlers[:]
    try:
        logs.configure("debug", text=True)
        assert await one(AwsSecret("logged")).value("KEY") == value
        logging.getLogger("services.secrets").debug("done")
    finally:
        root.handlers[:] = handlers
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
        logging.getLogger("dbos").handlers.clear()
    logged = capfd.readouterr().err
    assert "done" in logged
    assert value not in logged


@pytest.mark.usefixtures("_file")
async def test_doctor_names_those_that_can_not_be_read(tmp_path: Path):
    (fault,) = await doctor.check(load())
    assert (fault.ok, fault.found) == (False, "BAD can't be read")
    assert fault.advice is not None
    assert fault.advice.startswith("The secret BAD can't be read: its file can't be opened")
    (tmp_path / "none").write_text("a value")
    (fine,) = await doctor.check(load())
    assert (fine.ok, fine.found) == (True, "3 secrets can be read")
