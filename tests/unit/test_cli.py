"""The command line: quick help, plain errors, and settings that are shown without secrets."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.settings.settings import FIELDS


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in FIELDS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RAYGEN_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


def ran(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(main, words, env=environment)


def commands(group: click.Group = main, *path: str) -> list[tuple[str, ...]]:  # type: ignore[assignment]
    context = click.Context(group)
    found: list[tuple[str, ...]] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found += [
            (*path, name),
            *(commands(command, *path, name) if isinstance(command, click.Group) else []),
        ]
    return found


def test_help_imports_none_of_the_commands():
    """It has to be quick."""
    program = "import sys; sys.argv = ['raygen', '--help']; from bot.cli import main\ntry: main()\nexcept SystemExit: pass\n"
    program += "print(sorted({name.partition('.')[0] for name in sys.modules} & {'pydantic', 'sqlalchemy', 'ray', 'aiohttp'}))"
    ended = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert ended.stdout.splitlines()[-1] == "[]"
    assert "playground  Try raygen in a browser" in ended.stdout


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_and_option_is_explained(words: tuple[str, ...]):
    shown = ran(*words, "--help")
    assert shown.exit_code == 0
    command: click.Command = main
    for word in words:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    assert command.help
    assert [each.name for each in command.params if isinstance(each, click.Option) and not each.help] == []


def test_an_unknown_command_gets_a_suggestion():
    shown = ran("usge")
    assert shown.exit_code == 2
    assert "No such command 'usge'. Did you mean 'usage'?" in shown.output


def test_every_module_of_commands_is_listed():
    folder = Path(__file__).parents[2] / "bot" / "commands"
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "errors", "options"}
    assert modules == set(main.list_commands(click.Context(main)))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["manifest", "--many"],
            "--many requires a public address: add --url https://…, or set RAYGEN_PUBLIC_URL.",
        ),
        (["manifest", "--url", "raygen.example.com"], "--url isn't an address: write `https://…`."),
        (
            ["usage"],
            "There is no database at {state}/raygen.db. Start the bot once, or set RAYGEN_DATABASE_URL.",
        ),
        (
            ["export"],
            "There is no database at {state}/raygen.db. Start the bot once, or set RAYGEN_DATABASE_URL.",
        ),
        (
            ["audit", "export"],
            "There is no database at {state}/raygen.db. Start the bot once, or set RAYGEN_DATABASE_URL.",
        ),
        (["audit", "verify", "binary"], "Line 1 isn't a record of `raygen audit export`."),
        (
            ["audit", "verify", "--expect", "xyz"],
            "'xyz' isn't a record's hash: write its 64 hexadecimal digits, or at least the first 12.",
        ),
        (["validate", "binary"], "The file 'binary' is not UTF-8 text; save it as UTF-8."),
        (["validate", "program.py", "--input", "empty"], "The folder 'empty' has no files."),
        (
            ["mcp", "--host", "0.0.0.0"],
            "raygen mcp on 0.0.0.0 is reachable from other machines, which requires RAYGEN_API_TOKENS.",
        ),
    ],
    ids=" ".join,
)
def test_what_can_not_be_done_is_one_sentence(words: list[str], sentence: str, tmp_path: Path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "program.py").write_text("1")
    (tmp_path / "empty").mkdir()
    reported = ran(*words)
    assert reported.output == f"Error: {sentence.format(state=tmp_path / 'state')}\n"
    assert reported.exit_code == 1


@pytest.mark.parametrize("words", [["usage"], ["audit", "verify"], ["start"], ["doctor"]], ids=" ".join)
def test_a_database_that_is_none_is_a_sentence(words: list[str], tmp_path: Path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "raygen.db").write_text("something else " * 100)
    reported = ran(*words, SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1", ANTHROPIC_API_KEY="k")
    assert reported.exit_code == 1
    assert isinstance(reported.exception, SystemExit)
    assert "can't be opened" in reported.output


@pytest.mark.parametrize("command", ["start", "serve"])
def test_all_that_is_missing_is_reported_at_once(command: str, tmp_path: Path):
    (tmp_path / "targets.toml").write_text(
        "[dev]\naddress = 'http://dev:8265'\ntoken_env = 'NOT_SET_ANYWHERE'\n"
    )
    reported = ran(
        command,
        RAYGEN_TARGETS="targets.toml",
        RAYGEN_APPROVALS="missing.toml",
        RAYGEN_VALIDATION="lambda",
        RAYGEN_SNIPPETS="gateway",
        SLACK_SIGNING_SECRET="s",
    )
    assert reported.exit_code == 1
    for words in (
        "SLACK_BOT_TOKEN is not set",
        "ANTHROPIC_API_KEY is not set",
        "NOT_SET_ANYWHERE is not set",
        "RAYGEN_APPROVALS: missing.toml can't be read",
        "RAYGEN_VALIDATION=lambda requires RAYGEN_VALIDATION_LAMBDA",
        "RAYGEN_GATEWAY_URL is not set",
    ):
        assert reported.output.count(words) == 1, words


@pytest.mark.parametrize(
    "command", ["start", "serve", "mcp", "agentcore", "doctor", "validate -", "usage", "manifest"]
)
def test_every_command_reports_all_wrong_settings_without_their_values(command: str):
    reported = ran(
        *command.split(), RAYGEN_POOL_SIZE="hunter2", RAYGEN_API_TOKENS="hunter2", RAYGEN_ATEMPTS="3"
    )
    assert reported.exit_code == 1
    assert isinstance(reported.exception, SystemExit)
    assert "RAYGEN_POOL_SIZE isn't a whole number: write a whole number from 0 to 16." in reported.output
    assert "RAYGEN_API_TOKENS is wrong: write `name=token`" in reported.output
    assert (
        command == "doctor"
        or "RAYGEN_ATEMPTS isn't a setting: did you mean RAYGEN_ATTEMPTS?" in reported.output
    )
    assert "hunter2" not in reported.output


def test_settings_show_values_and_sources(tmp_path: Path):
    (tmp_path / ".env").write_text("RAYGEN_MODEL=claude-haiku-5-5\nRAYGEN_BUDGET_MONEY=5\n")
    reported = ran(
        "settings", RAYGEN_DATABASE_URL="postgresql://raygen:hunter2@db/raygen", ANTHROPIC_API_KEY="k"
    )
    lines = [line.split(maxsplit=2) for line in reported.output.splitlines()]
    assert reported.exit_code == 0
    assert ["RAYGEN_MODEL", ".env", "claude-haiku-5-5"] in lines
    assert ["RAYGEN_DATABASE_URL", "environment", "postgresql://raygen:(hidden)@db/raygen"] in lines
    assert ["ANTHROPIC_API_KEY", "environment", "(hidden)"] in lines
    assert ["RAYGEN_API_PORT", "default", "8000"] in lines
    assert reported.output.endswith("\nRAYGEN_BUDGET_MONEY has no effect without RAYGEN_PRICES.\n")
    assert len(json.loads(ran("settings", "--json").output)["settings"]) == len(FIELDS)


def test_settings_that_are_wrong_are_listed_with_what_is_wrong():
    reported = ran("settings", RAYGEN_ATTEMPTS="99")
    assert reported.exit_code == 1
    assert reported.output.endswith("\nRAYGEN_ATTEMPTS is too large: write a whole number from 1 to 10.\n")
    assert ran("settings", "--markdown").output.startswith("# Settings\n")


def test_a_port_that_is_in_use_is_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for words in (["mcp", "--port", port], ["agentcore", "--port", port, "--host", "127.0.0.1"]):
            reported = ran(*words, ANTHROPIC_API_KEY="k", RAYGEN_POOL_SIZE="0", RAYGEN_SNIPPETS="off")
            assert reported.exit_code == 1
            assert (
                f"Port {port} of 127.0.0.1 is already in use. Choose another one, or stop what uses it."
                in reported.output
            )
