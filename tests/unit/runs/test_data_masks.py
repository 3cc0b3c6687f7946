"""What a run prints of masked columns stays hidden, in the forms in which programs print them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.connections import Access
from services.domain.provisions import BoundConnection, Provisions
from services.domain.values import Artifact, Failure, Table, Verdict
from services.runs.data_masks import MASK, DataMasks
from tests import builders
from tests.growth import grows_linearly

MASKS = DataMasks(("customer.name", "*_phone", "email"))


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        (
            "   id          name  amount\n0   1  Ada Lovelace     2.5\n1   2           Bob     3.5\n",
            f"   id          name  amount\n0   1           {MASK}     2.5\n1   2           {MASK}     3.5\n",
        ),
        ("id,name,amount\n1,Ada,2\ndone\n", f"id,name,amount\n1,{MASK},2\ndone\n"),
        (
            "{'id': 1, 'name': 'Ada L', 'home_phone': 12345}\n",
            f"{{'id': 1, 'name': {MASK}, 'home_phone': {MASK}}}\n",
        ),
        ('{"name": "A \\" B", "id": 1}\n', f'{{"name": {MASK}, "id": 1}}\n'),
        ("name=Ada, id=1\n", f"name={MASK}, id=1\n"),
        ("write to ada@example.com today\n", f"write to {MASK} today\n"),
        ("filename: a.txt\nusername = bob\n", "filename: a.txt\nusername = bob\n"),
        ("| id | name |\n| 1 | Ada |\n", f"| id | name |\n| 1 |{MASK}|\n"),
    ],
)
def test_a_masked_column_is_masked_where_its_name_is_shown(printed: str, shown: str):
    assert MASKS.text(printed) == shown


def test_what_looks_personal_is_masked_in_all_runs_that_read_data():
    letters = BoundConnection(
        name="letters",
        access=frozenset({Access.READ}),
        kind="files",
        location="s3://l",
        variable="LETTERS_URL",
    )
    masks = DataMasks.of(builders.proposal(provisions=Provisions(connections=(letters,))))
    assert masks.text("ada@example.com name=Ada :=x\n") == f"{MASK} name=Ada :=x\n"
    unread = replace(letters, access=frozenset({Access.WRITE}))
    assert not DataMasks.of(builders.proposal(provisions=Provisions(connections=(unread,))))


def test_a_run_without_data_is_shown_as_it_is():
    none = DataMasks(())
    assert none.text("ada@example.com name=Ada\n") == "ada@example.com name=Ada\n"
    assert none.feed("half a li") == "half a li"


@given(st.lists(st.integers(1, 12), max_size=30))
def test_portions_of_any_size_are_masked_alike(sizes: list[int]):
    text = "id,name\n1,Ada Lovelace\n2,Bob\nmail bob@example.com\n"
    masks, shown, at = DataMasks(("name",)), "", 0
    for size in sizes:
        shown += masks.feed(text[at : at + size])
        at += size
    shown += masks.feed(text[at:])
    assert shown == DataMasks(("name",)).text(text)
    assert "Ada" not in shown


def test_tables_values_failures_and_files_are_masked():
    table = Table(("id", "name"), (("1", "Ada"), ("2", "Bob")), 2, 2)
    outcome = builders.passed(
        table=table,
        value="{'name': 'Ada'}",
        failure=Failure("ValueError", "no such customer: name=Ada"),
        artifacts=(Artifact("report.csv", "text/csv", b"id,name\n1,Ada\n"),),
    )
    found = MASKS.outcome(outcome)
    assert found.verdict is Verdict.PASSED
    assert found.table is not None
    assert found.table.rows == (("1", MASK), ("2", MASK))
    assert "Ada" not in str(found)
    assert b"Ada" not in found.artifacts[0].content


@pytest.mark.parametrize("piece", ["name ", "x  y  ", "name: ", "name='", "a,name,", "ada@", "1 2 "])
def test_long_lines_take_linear_time(piece: str):
    assert grows_linearly(MASKS.text, lambda size: "  name\n" + piece * size, most=200_000)
