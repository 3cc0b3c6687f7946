"""Programs that end because of their command line, distinguished from those that fail by what real parsers write."""

from __future__ import annotations

import subprocess
import sys

import pytest

from services.domain.usage_errors import usage_error
from services.domain.values import Failure, Outcome, Verdict
from services.supervisor.evidence import plain

ARGPARSE = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--days", type=int, required=True)
parser.add_argument("-o", "--out", required=True)
parser.add_argument("--mode", choices=["fast"])
parser.parse_args()
"""
CLICK = """
import click
@click.command()
@click.option("--days", type=int, required=True)
@click.argument("path")
def main(days, path): ...
main()
"""
EXITS = "import sys; print('Error: 3 rows are wrong', file=sys.stderr); sys.exit(2)"


def ended(code: str, *arguments: str) -> Outcome:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    return Outcome(verdict=Verdict.FAILED, exit_code=done.returncode, stdout=done.stdout, stderr=done.stderr)


@pytest.mark.parametrize(
    ("code", "arguments", "reported"),
    [
        (ARGPARSE, [], "it needs arguments: --days, -o/--out"),
        (ARGPARSE, ["--days", "x"], "it rejects its arguments: argument --days: invalid int value: 'x'"),
        (ARGPARSE, ["--days=1", "-ox", "more"], "it rejects its arguments: unrecognized arguments: more"),
        (CLICK, ["x"], "it needs arguments: --days"),
        (CLICK, ["--days=1"], "it needs arguments: PATH"),
        (CLICK, ["--colour"], "it rejects its arguments: No such option '--colour'"),
        (EXITS, [], ""),
        ("raise SystemExit(2)", [], ""),
        ("import argparse; argparse.ArgumentParser().error('no') if 0 else exit(1)", [], ""),
    ],
)
def test_what_a_program_needs(code: str, arguments: list[str], reported: str):
    outcome = ended(code, *arguments)
    assert usage_error(outcome) == reported
    if reported:
        assert plain(outcome) == reported


def test_typers_box():
    box = "Usage: p.py [OPTIONS]\nTry 'p.py --help' for help.\n╭─ Error ───╮\n│ Missing option '--days'.     │\n╰───────────╯\n"
    assert (
        usage_error(Outcome(verdict=Verdict.FAILED, exit_code=2, stderr=box)) == "it needs arguments: --days"
    )


def test_an_exception_is_none_whatever_was_printed():
    printed = "usage: p.py\np.py: error: the following arguments are required: --days\n"
    assert usage_error(Outcome(verdict=Verdict.FAILED, exit_code=2, stderr=printed)) != ""
    failed = Outcome(verdict=Verdict.FAILED, exit_code=2, stderr=printed, failure=Failure("ValueError", "x"))
    assert usage_error(failed) == ""
    for verdict in {*Verdict} - {Verdict.FAILED}:
        assert usage_error(Outcome(verdict=verdict, exit_code=2, stderr=printed)) == ""
    long = Outcome(verdict=Verdict.FAILED, exit_code=2, stderr=printed.strip() + " --x" * 10_000)
    assert len(usage_error(long)) < 300
