"""Settings: read from the environment and a file, validated as a whole, listed without secrets, documented once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import GROUPS, InvalidSettings, Settings, listing, load, markdown, values
from bot.settings.loading import Examined, examine
from bot.settings.settings import FIELDS, is_secret

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"
KEY = "sk-ant-api03-0123456789abcdef0123456789"


@pytest.fixture(autouse=True)
def no_other_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in FIELDS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def in_file(text: str) -> Examined:
    Path(".env").write_text(text, encoding="utf-8")
    return examine()


def test_the_page_of_the_docs_is_generated():
    assert DOCS.read_text(encoding="utf-8") == markdown.page()


def test_every_setting_is_documented_in_one_group():
    assert len(FIELDS) == len(Settings.model_fields) == sum(len(group.model_fields) for group in GROUPS)
    assert [name for name, field in FIELDS.items() if not field.description] == []
    assert [group.__name__ for group in GROUPS if not markdown.title(group)] == []


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (
            "RAYGEN_ATTEMPTS",
            "eleven",
            "RAYGEN_ATTEMPTS isn't a whole number: write a whole number from 1 to 10.",
        ),
        ("RAYGEN_ATTEMPTS", "11", "RAYGEN_ATTEMPTS is too large: write a whole number from 1 to 10."),
        (
            "RAYGEN_ATTEMPTS",
            " ",
            "RAYGEN_ATTEMPTS is empty: write a whole number from 1 to 10, or remove it to use the default.",
        ),
        ("RAYGEN_TARGET_CPUS", "0", "RAYGEN_TARGET_CPUS is too small: write a whole number of at least 1."),
        ("RAYGEN_KEEP_DAYS", "-1", "RAYGEN_KEEP_DAYS is too small: write a number greater than 0."),
        (
            "RAYGEN_BUDGET_WALL",
            "inf",
            "RAYGEN_BUDGET_WALL isn't a finite number: write a number greater than 0.",
        ),
        (
            "RAYGEN_PROVIDER",
            KEY,
            "RAYGEN_PROVIDER isn't one of the choices: write `anthropic`, `bedrock` or `bedrock-classic`.",
        ),
        (
            "RAYGEN_ENGINES",
            "ray, flink",
            "RAYGEN_ENGINES isn't one of the choices: write `ray` or `spark`, or several separated by commas.",
        ),
        (
            "RAYGEN_GATEWAY_URL",
            f"gateway.example?token={KEY}",
            "RAYGEN_GATEWAY_URL is wrong: write an address that starts with `https://` or `http://`.",
        ),
        (
            "RAYGEN_DATABASE_URL",
            "mysql://me:hunter2@db/raygen",
            "RAYGEN_DATABASE_URL is wrong: write `sqlite:///path/to/file` or `postgresql://user:password@host/name`.",
        ),
        (
            "RAYGEN_POLICY",
            "netwrok=refuse",
            "RAYGEN_POLICY is wrong: there is no policy rule 'netwrok'; did you mean 'network'?",
        ),
    ],
)
def test_a_fault_is_one_sentence_that_says_what_to_write(
    name: str, text: str, sentence: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(name, text)
    assert examine().faults == [sentence]


def test_all_faults_are_reported_at_once_and_the_file_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAYGEN_ATTEMPTS", "many")
    Path(".env").write_text("RAYGEN_POOL_SIZE=99\nRAYGEN_API_TOKENS=hunter2\n", encoding="utf-8")
    with pytest.raises(InvalidSettings) as refused:
        load()
    first, *rest = refused.value.public.splitlines()
    assert first == "3 settings are wrong:"
    assert [line.partition(":")[0] for line in rest] == [
        "  RAYGEN_ATTEMPTS isn't a whole number",
        "  RAYGEN_POOL_SIZE in .env is too large",
        "  RAYGEN_API_TOKENS in .env is wrong",
    ]
    assert "hunter2" not in refused.value.public


@given(st.dictionaries(st.sampled_from(list(FIELDS)), st.text(st.characters(exclude_characters="\0"))))
def test_whatever_is_set_is_valid_or_a_sentence_for_each_fault(texts: dict[str, str]):
    with pytest.MonkeyPatch.context() as patch:
        for name, text in texts.items():
            patch.setenv(name, text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape"))
        examined = examine(env_file=None)
    assert set(examined.wrong) <= set(texts)
    for sentence in examined.faults:
        assert sentence.isprintable()
        assert sentence.endswith((".", "?"))
        assert "pydantic" not in sentence
    listing.as_json(examined).encode()


def test_the_environment_comes_before_the_file_and_both_before_the_default(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAYGEN_ATTEMPTS", "3")
    rows = {
        row.name: row for row in listing.rows(in_file("RAYGEN_ATTEMPTS=4\nexport raygen_pool_size='2'\n"))
    }
    found = [
        (row.value, row.source)
        for row in map(rows.__getitem__, ("RAYGEN_ATTEMPTS", "RAYGEN_POOL_SIZE", "RAYGEN_API_PORT"))
    ]
    assert found == [("3", "environment"), ("2", ".env"), ("8000", "default")]


def test_only_documented_names_are_read(monkeypatch: pytest.MonkeyPatch):
    """MODEL or TARGETS in the environment belongs to another program."""
    for name in {name.upper() for name in Settings.model_fields} - FIELDS.keys():
        monkeypatch.setenv(name, "other")
    assert examine().sources.given == {}


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("RAYGEN_MODLE=x", ["RAYGEN_MODLE in .env isn't a setting: did you mean RAYGEN_MODEL?"]),
        ("SLACK_BOT_TOKN=x", ["SLACK_BOT_TOKN in .env isn't a setting: did you mean SLACK_BOT_TOKEN?"]),
        ("RAYGEN_ZZZ=x", ["RAYGEN_ZZZ in .env isn't a setting: `raygen settings` lists the settings."]),
        ("DATABASE=x\nPYTHONPATH=y\nraygen_model=z", []),
    ],
)
def test_names_that_look_misspelt_are_pointed_out(text: str, warnings: list[str]):
    assert list(in_file(text).sources.warnings) == warnings


def test_misspelt_names_in_the_environment_are_pointed_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAYGEN_ATEMPTS", "3")
    assert "RAYGEN_ATEMPTS isn't a setting: did you mean RAYGEN_ATTEMPTS?" in examine().sources.warnings


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"RAYGEN_MODEL=x\n\nhello world\n", "Line 3 of .env isn't a setting: write `NAME=value`."),
        (b"\nRAYGEN_MODEL\n", "Line 2 of .env isn't a setting: write `NAME=value`."),
        (b"RAYGEN_MODEL=\xff\n", ".env isn't UTF-8 text: save it as UTF-8."),
    ],
)
def test_a_file_that_can_not_be_read_is_a_sentence(content: bytes, fault: str):
    Path(".env").write_bytes(content)
    assert examine().faults == [fault]


def test_no_secret_is_listed(monkeypatch: pytest.MonkeyPatch):
    secrets = {name: f"{KEY}-{number}" for number, name in enumerate(FIELDS) if is_secret(FIELDS[name])}
    assert len(secrets) >= 10
    for name, text in secrets.items():
        monkeypatch.setenv(name, text)
    monkeypatch.setenv("RAYGEN_DATABASE_URL", "postgresql://raygen:hunter2@db/raygen?password=hunter2")
    monkeypatch.setenv("RAYGEN_MODEL", KEY)
    monkeypatch.setenv("RAYGEN_ATTEMPTS", "hunter2")
    examined = examine()
    for text in (listing.as_json(examined), listing.as_text(examined)):
        assert KEY not in text
        assert "hunter2" not in text
        assert "postgresql://raygen:(hidden)@db/raygen?password=(hidden)" in text
    listed = {row["name"]: row for row in json.loads(listing.as_json(examined))["settings"]}
    assert all(listed[name]["value"] == "(hidden)" for name in secrets)
    assert listed["RAYGEN_ATTEMPTS"]["valid"] is False


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://me:p@ss/w?rd@db/raygen", "postgresql://me:(hidden)@db/raygen"),
        ("postgresql://me@db/raygen", "postgresql://me@db/raygen"),
        ("https://token@gateway.example/mcp", "https://(hidden)@gateway.example/mcp"),
        ("https://a.example/?api_key=abc&page=2", "https://a.example/?api_key=(hidden)&page=2"),
        ("https://a.example/mcp", "https://a.example/mcp"),
        ("one\ntwo\x1b[2J", "one two"),
    ],
)
def test_values_are_shown_on_one_line_without_secrets(text: str, shown: str):
    assert values.shown(text) == shown


def test_a_home_directory_that_does_not_exist_is_a_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAYGEN_SECRETS", "~nobody-of-that-name/secrets.toml")
    assert examine().faults == [
        "RAYGEN_SECRETS is wrong: write a path without `~`: there is no such home directory."
    ]
