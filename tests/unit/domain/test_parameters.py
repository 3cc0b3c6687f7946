"""Parameters and arguments: what a header may declare, what people may choose, and what reaches the program."""

from __future__ import annotations

import argparse

import click
import pytest
from click.testing import CliRunner

from services.domain import command_words
from services.domain.errors import BadRequest
from services.domain.parameters import Given, Parameter
from services.domain.program_header import script

ROWS = Parameter(name="rows", default=10_000_000, validation=10_000, min=1, max=1e9)
MODE = Parameter(name="mode", default="fast", choices=("fast", "exact"))
RATE = Parameter(name="learning-rate", default=0.5, max=1)
NOTE = Parameter(name="note", default="")
DRY, CACHE = Parameter(name="dry", default=False), Parameter(name="cache", default=True)
ALL = (ROWS, MODE, RATE, NOTE, DRY, CACHE)
AWKWARD = [
    "--odd words",
    "-5",
    "it's",
    'say "hi"',
    "$(date) `id` ; rm",
    "",
    "--",
    "a=b",
    "*",
    "é\u202e",
    "\\n",
]


def header(declared: str) -> str:
    lines = ["# /// script", "# [tool.raygen.parameters]", *(f"# {line}" for line in declared.splitlines())]
    return "\n".join([*lines, "# ///", "print(1)"])


def by_argparse(words: tuple[str, ...]) -> dict[str, object]:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1)
    parser.add_argument("--mode", choices=["fast", "exact"])
    parser.add_argument("--learning-rate", type=float)
    parser.add_argument("--note")
    parser.add_argument("--dry", action="store_true")
    parser.add_argument("--cache", action=argparse.BooleanOptionalAction, default=True)
    return vars(parser.parse_args(words))


def by_click(words: tuple[str, ...]) -> dict[str, object]:
    found: dict[str, object] = {}

    @click.command()
    @click.option("--rows", type=int)
    @click.option("--mode", type=click.Choice(["fast", "exact"]))
    @click.option("--learning-rate", type=float)
    @click.option("--note")
    @click.option("--dry", is_flag=True)
    @click.option("--cache/--no-cache", default=True)
    def main(**values: object) -> None:
        found.update(values)

    ended = CliRunner().invoke(main, words)
    assert ended.exit_code == 0, ended.output
    return found


@pytest.mark.parametrize("parsed", [by_argparse, by_click])
@pytest.mark.parametrize(
    "note", [each for each in AWKWARD if each != "--"]
)  # which argparse itself leaves out
def test_values_reach_the_parsers_of_ordinary_programs(parsed, note: str):
    given = Given.of(
        ALL, {"rows": 7, "mode": "exact", "learning-rate": -0.25, "note": note, "dry": True, "cache": False}
    )
    expected = {"rows": 7, "mode": "exact", "learning_rate": -0.25, "note": note, "dry": True, "cache": False}
    assert parsed(given.of_run(ALL)) == expected
    assert parsed(given.of_validation(ALL)) == expected | {"rows": 10_000}
    assert parsed(Given().of_run(ALL)) == {
        "rows": 10_000_000, "mode": "fast", "learning_rate": 0.5, "note": "", "dry": False, "cache": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        ("rows = 5", "Its parameter 'rows' must be a table with a default, such as `{ default = 1000 }`."),
        ("rows = { min = 5 }", "Its parameter 'rows' needs a `default`."),
        ("rows = { default = 5, mni = 1 }", "Its parameter 'rows' has no setting 'mni'. It can have default, "),
        ("rows = { default = [5] }", "Its parameter 'rows' has a `default` of the wrong type."),
        ("rows = { default = 1979-05-27 }", "Its parameter 'rows' has a `default` of the wrong type."),
        ("rows = { default = 5, min = 'x' }", "Its parameter 'rows' has a `min` of the wrong type."),
        ("rows = { default = 5, min = 6 }", "Its parameter `rows` must be at least 6."),
        ("rows = { default = 5, max = 6, validation = 7 }", "Its parameter `rows` must be at most 6."),
        ("rows = { default = 5, validation = 'x' }", "Its parameter `rows` must be a whole number."),
        ("rows = { default = nan }", "Its parameter `rows` must be a number."),
        ("mode = { default = 'x', choices = ['y', 'two words'] }", 'Its parameter `mode` must be one of y, "two words".'),
        ("mode = { default = 'x', min = 1 }", "Its parameter `mode` has limits, but its default isn't a number."),
        ("dry = { default = true, choices = [true] }", "Its parameter `dry` is a yes or no, so it can't have choices."),
        ('note = { default = "a\\nb" }', "Its parameter `note` must not contain control characters, such as line breaks."),
        (f"note = {{ default = '{'x' * 2001}' }}", "Its parameter 'note' has a `default` that is too long."),
        ("help = { default = 1 }", "Its parameter `help` isn't a name for an option."),
        ("'$(id)' = { default = 1 }", "Its parameter `$(id)` isn't a name for an option."),
        ("'--x' = { default = 1 }", "Its parameter `--x` isn't a name for an option."),
    ],
)  # fmt: skip
def test_a_faulty_declaration_is_one_sentence(declared: str, problem: str):
    found = script(header(declared))
    assert found.problem.startswith(problem)
    assert found.problem.endswith(".")
    assert found.parameters == ()


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"rows": "7"}, "`rows` must be a whole number."),
        ({"rows": True}, "`rows` must be a whole number."),
        ({"rows": 1.5}, "`rows` must be a whole number."),
        ({"rows": 0}, "`rows` must be at least 1."),
        ({"rows": 10**10}, "`rows` must be at most 1,000,000,000."),
        ({"mode": "other"}, "`mode` must be one of fast, exact."),
        ({"dry": 1}, "`dry` must be yes or no."),
        ({"learning-rate": float("inf")}, "`learning-rate` must be a number."),
        ({"note": "a\x00b"}, "`note` must not contain control characters, such as line breaks."),
        ({"note": "\ud800"}, "`note` must not contain control characters, such as line breaks."),
        ({"note": "x" * 2001}, "`note` must have at most 2,000 characters."),
        ({"colour": 1}, "The program has no parameter `colour`. It has `rows`, `mode`, "),
    ],
)
def test_a_choice_that_is_not_allowed_is_one_sentence(chosen, sentence: str):
    with pytest.raises(BadRequest) as refused:
        Given.of(ALL, chosen)
    assert refused.value.public.startswith(sentence)


@pytest.mark.parametrize(
    ("parameter", "text", "value"),
    [
        (ROWS, "10,000,000", 10_000_000),
        (ROWS, " 5_000 ", 5000),
        (RATE, "-1e-05", -1e-05),
        (RATE, "1", 1),
        (DRY, "Yes", True),
        (CACHE, "off", False),
        (NOTE, " two  words ", " two  words "),
    ],
)
def test_people_write_values_as_they_are_used_to(parameter: Parameter, text: str, value: object):
    assert parameter.read(text) == value


@pytest.mark.parametrize(
    ("parameter", "text"), [(ROWS, "many"), (ROWS, "1.5"), (RATE, "nan"), (ROWS, "9" * 5000), (DRY, "")]
)
def test_other_texts_are_distinguished(parameter: Parameter, text: str):
    with pytest.raises(ValueError, match=r"^`[a-z-]+` must be .*\.$"):
        parameter.read(text)


def test_defaults_are_no_choice():
    assert not Given.of(ALL, {"rows": 10_000_000, "mode": "fast"})


def test_another_version_of_a_program_keeps_the_choices_that_it_allows():
    given = Given.of(ALL, {"rows": 7, "mode": "exact", "note": "x"}, ["--more"])
    newer = (Parameter(name="rows", default=10, min=8), Parameter(name="mode", default="exact"), NOTE)
    assert given.fitting(newer) == Given(values={"note": "x"}, arguments=("--more",))


@pytest.mark.parametrize("words", [["--days", "7"], AWKWARD, []])
def test_words_are_split_as_a_shell_does_and_come_back(words: list[str]):
    assert command_words.split(command_words.joined(words)) == tuple(words)
    assert command_words.split("--name 'two words'\n--n=-5  \"it's\"") == (
        "--name",
        "two words",
        "--n=-5",
        "it's",
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("--name 'two", "A quote or a backslash in the arguments is not closed. Close it, as in `--name 'two words'`."),
        ("\u2014days 7", "`\u2014days` begins with a dash. Options begin with hyphens, as in `--days`."),
        ("a " * 101, "A program can have at most 100 arguments with 20,000 characters together. Pass fewer."),
        ("x" * 2001, "Argument 1 has 2,001 characters. The limit is 2,000."),
        ("a 'b\nc'", "Argument 2 must not contain control characters, such as line breaks."),
        ("a \x1b[31m", "Argument 2 must not contain control characters, such as line breaks."),
        ("x" * 30_000, "The arguments can have at most 25,000 characters."),
    ],
)  # fmt: skip
def test_a_faulty_command_line_is_one_sentence(text: str, sentence: str):
    with pytest.raises(BadRequest) as refused:
        command_words.split(text)
    assert refused.value.public == sentence
