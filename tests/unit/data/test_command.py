"""`raygen data`, as an operator uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main

FILE = """
[sales]
kind = "csv"
url = "{folder}/sales.csv"
description = "Orders"
mask = "name"
[gone]
kind = "parquet"
url = "{folder}/gone"
[scores]
kind = "parquet"
url = "{folder}/scores"
access = "write"
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "sales.csv").write_text(
        "id,name,price\n" + "".join(f"{n},Wilma{n},{n}.5\n" for n in range(2000))
    )
    (tmp_path / "data.toml").write_text(FILE.format(folder=tmp_path))
    monkeypatch.setenv("RAYGEN_DATA", str(tmp_path / "data.toml"))
    monkeypatch.setenv("RAYGEN_STATE_DIR", str(tmp_path / "state"))

    def call(*words: str) -> Result:
        return CliRunner().invoke(main, ["data", *words])

    return call


def test_a_sample_is_taken_shown_and_listed(run):
    taken = run("sample", "sales")
    assert taken.exit_code == 0, taken.output
    assert "1,000 of 2,000 rows" in taken.output
    assert "Wilma" not in taken.output
    shown = run("show", "sales", "--json")
    found = json.loads(shown.output)
    assert found["environment"] == "SALES_URL"
    columns = {column["name"]: column for column in found["sample"]["profile"]["tables"][0]["columns"]}
    assert (columns["id"]["low"], columns["id"]["type"]) == ("1", "int64")
    assert columns["name"]["masked"] == "name"
    assert "masked (name)" in run("show", "sales").output
    listed = run("list")
    assert [line.split()[0] for line in listed.output.splitlines()] == ["name", "sales", "gone", "scores"]
    assert [each["sample"] is None for each in json.loads(run("list", "--json").output)] == [
        False,
        True,
        True,
    ]


def test_what_is_wrong_is_a_sentence(run, tmp_path: Path):
    checked = run("check")
    assert checked.exit_code == 1
    good, bad = checked.output.splitlines()
    assert good.startswith("ok     sales: 3 columns, 2,000 rows, 1 file")
    assert (
        bad
        == f"fault  gone: There is nothing at {tmp_path}/gone. Correct the URL of `gone`, or write data there."
    )
    assert run("check", "sales", "--json").exit_code == 0
    for words, said in (
        (("sample", "gone"), "There is nothing at"),
        (("sample", "scores"), "can only be written to"),
        (("show", "nope"), "There is no connection `nope`."),
    ):
        failed = run(*words)
        assert failed.exit_code == 1
        assert said in failed.output
        assert "Traceback" not in failed.output


def test_without_connections_it_says_what_to_set(run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("RAYGEN_DATA")
    assert "Set RAYGEN_DATA to a file that lists them." in run("list").output
