"""A driver's facts are read field by field: an odd one costs itself, a missing one is unknown, and none raises."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.approvals.authorizer import Authorizer
from services.approvals.decision import required
from services.approvals.rules import ApprovalPolicy, ApprovalRule, SecondApproverConditions
from services.domain.program_facts import ProgramFacts
from services.domain.values import EVIDENCE, Outcome, Touched, Verdict
from services.driver.report import DriverReport, decode, fill, read
from services.store.codec import dump_outcome, load_outcome
from services.validation.interface import ValidationLimits
from services.validation.sandbox import AttemptRecord
from services.validation.verdict import conclude
from tests import builders
from tests.fakes import FakeDirectory

TOUCHED = {
    "files": ["/etc/hosts"],
    "hosts": ["db:5432"],
    "processes": ["true"],
    "environment": ["HOME"],
    "packages": ["ray"],
    "refused": ["network to db:5432"],
}
WHOLE: dict[str, Any] = {
    "exit_code": 0,
    "value": "7",
    "table": {"columns": ["a"], "rows": [["1"]], "total_rows": 9, "total_columns": 1},
    "failure": {
        "kind": "ValueError",
        "message": "m",
        "frames": [{"line": 3, "function": "f", "source": "s"}],
    },
    "missing_module": "polars",
    "wall": 1.5,
    "cpu": 0.5,
    "peak_memory": 1000,
    "tasks": {"add": 2},
    "resources": {"CPU": 2.0},
    "touched": TOUCHED,
    "artifacts": [
        {"name": "good.csv", "media_type": "text/csv", "content": base64.b64encode(b"a,b").decode()}
    ],
    "dropped": ["large.csv is too large"],
    "unknown": [],
}
FIELDS = sorted(set(WHOLE) - {"unknown", "touched"})
# Text with halves of characters, as names of files have them; numbers that are none; and numbers beyond all use.
ODD: st.SearchStrategy[Any] = (
    st.text(st.characters(), max_size=20)
    | st.sampled_from(
        ["x" * 300, "name-\udcff.csv", "\ud800", "a\nb", "\u202e", "", float("nan"), float("inf")]
    )
    | st.sampled_from([10**400, -1, -(10**30), 1e308, True, None])
    | st.fixed_dictionaries(dict[str, st.SearchStrategy[Any]]())
    | st.lists(st.none(), max_size=0)
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    ODD | st.integers() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*WHOLE, *TOUCHED, "name", "rows"]) | st.text(max_size=5), inner, max_size=4
        )
        | inner.map(lambda each: [each] * 150)
    ),
    max_leaves=8,
)


def found(facts: Any) -> dict[str, Any]:
    read_ = read(facts)
    return {name: getattr(read_, name) for name in FIELDS}


@given(ANYTHING)
@settings(max_examples=300)
def test_reading_never_raises_whatever_the_facts_are(facts: Any):
    outcome = fill(Outcome(verdict=Verdict.PASSED), read(facts))
    assert load_outcome(dump_outcome(outcome), outcome.artifacts) == outcome


@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING, min_size=1, max_size=3))
@settings(max_examples=300)
def test_an_odd_field_costs_itself_alone(odd: dict[str, Any]):
    plain, mutated = found(WHOLE), found({**WHOLE, **odd})
    kept = set(FIELDS) - set(odd)
    assert {name: mutated[name] for name in kept} == {name: plain[name] for name in kept}
    assert read({**WHOLE, **odd}).touched == read(WHOLE).touched
    assert set(read({**WHOLE, **odd}).unknown) <= {"resources"}


@given(st.dictionaries(st.sampled_from(sorted(TOUCHED)), ANYTHING, min_size=1, max_size=3))
@settings(max_examples=300)
def test_an_odd_kind_of_what_was_touched_costs_itself_alone(odd: dict[str, Any]):
    reported = read({**WHOLE, "touched": {**TOUCHED, **odd}})
    for kind, names in TOUCHED.items():
        if kind not in odd:
            assert list(getattr(reported.touched, kind)) == names
            assert kind not in reported.unknown
        elif not isinstance(odd[kind], list):
            assert kind in reported.unknown


@given(st.lists(st.integers(0, 300) | st.none(), max_size=4), st.integers(0, 4))
def test_an_odd_name_among_others_is_unknown_and_the_others_stay(odd: list[Any], place: int):
    names: list[Any] = ["/a", "/b", "/c"]
    reported = read({**WHOLE, "touched": {**TOUCHED, "files": names[:place] + odd + names[place:]}})
    assert reported.touched.files == ("/a", "/b", "/c")
    assert ("files" in reported.unknown) == bool(odd)


@given(st.sets(st.sampled_from([*TOUCHED, "resources"])))
def test_what_is_missing_is_unknown_and_not_none(missing: set[str]):
    facts = {
        **{name: value for name, value in WHOLE.items() if name not in missing},
        "touched": {kind: names for kind, names in TOUCHED.items() if kind not in missing},
    }
    assert set(read(facts).unknown) == missing


@pytest.mark.parametrize("facts", [None, {}, [], "text", 7, {"touched": None}, {"touched": []}])
def test_without_facts_everything_is_unknown(facts: Any):
    reported = read(facts)
    assert (reported.unknown, reported.touched, reported.resources) == (EVIDENCE, Touched(), {})


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("name-\udcff.csv", "name-\\xff.csv"),
        ("a\nb", "a\\nb"),
        ("safe\u202egpj.exe", "safe\\u202egpj.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("filler\u3164", "filler\\u3164"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("half\ud800", "half\\ud800"),
        ("grün 漢字 🙂", "grün 漢字 🙂"),
        ("n" * 210, "n" * 199 + "…"),
    ],
)
def test_an_odd_name_is_escaped_or_shortened_and_said_to_be_so(name: str, shown: str):
    reported = read({**WHOLE, "touched": {**TOUCHED, "files": [name, "/etc/hosts"]}})
    assert reported.touched.files == (shown, "/etc/hosts")
    assert reported.unknown == ()
    assert bool(reported.remarks) == (name != shown)


def test_more_names_than_can_be_listed_are_counted():
    names = [f"/data/{number}" for number in range(300)]
    reported = read({**WHOLE, "touched": {**TOUCHED, "files": names, "more": {"files": 9_700}}})
    assert len(reported.touched.files) == 100
    assert reported.touched.more == {"files": 9_900}
    assert reported.unknown == ()


@pytest.mark.parametrize(
    "name",
    [
        "n" * 210 + ".csv",
        "name-\udcff.csv",
        "\udcff" * 255,
        "a\nb\u202e.csv",
        "x" * 10_000,
        "🙂" * 200 + ".png",
    ],
)
def test_an_artifact_of_any_name_arrives_under_one_that_every_store_takes(name: str):
    files = [{"name": each, "media_type": "text/csv", "content": "YQ=="} for each in (name, name, "good.csv")]
    artifacts = fill(Outcome(verdict=Verdict.PASSED), read({**WHOLE, "artifacts": files})).artifacts
    names = [artifact.name for artifact in artifacts]
    assert len(set(names)) == 3
    assert names[2] == "good.csv"
    assert all(each.isprintable() and len(each) <= 110 and "/" not in each for each in names)
    assert names[0].endswith(".csv") == (name.endswith(".csv"))


def test_a_number_of_any_length_costs_itself_alone():
    text = json.dumps(WHOLE).replace('"wall": 1.5', f'"wall": {"9" * 10_000}')
    reported = read(decode(text.encode()))
    assert reported.wall is None
    assert reported == replace(read(WHOLE), wall=None)


@pytest.mark.parametrize(
    "facts",
    [b"", b"{", b"[]", b"null", json.dumps(WHOLE).encode()[:-200], b"junk" + json.dumps(WHOLE).encode()],
)
def test_a_pass_without_readable_facts_says_so_and_shows_nothing_as_none(facts: bytes):
    outcome = conclude(AttemptRecord(facts=facts, status=0), ValidationLimits())
    assert outcome.passed
    assert (outcome.unknown, outcome.observed) == (EVIDENCE, False)
    assert any("end of the program was not recorded" in remark for remark in outcome.remarks)


def test_a_program_that_ended_as_it_should_has_no_remark():
    assert (
        conclude(AttemptRecord(facts=json.dumps(WHOLE).encode(), status=0), ValidationLimits()).remarks == ()
    )


EVERYTHING = SecondApproverConditions(cpus=4, gpus=True, wall=60, hosts=True, packages=True)


@given(st.sets(st.sampled_from([*EVIDENCE, "wall"])))
def test_what_could_not_be_observed_takes_a_second_approver_where_it_would(unknown: set[str]):
    facts = ProgramFacts(unknown=frozenset(unknown))
    needed, reasons = required(ApprovalRule(second=EVERYTHING), facts)
    assert needed == (2 if unknown & {"resources", "wall", "hosts", "packages"} else 1)
    assert len(reasons) == len(unknown & {"resources", "wall", "hosts", "packages"})
    assert required(ApprovalRule(), facts) == (1, ())


@pytest.mark.parametrize(
    "validation",
    [
        Outcome(verdict=Verdict.PASSED, wall=1.0),
        builders.passed(unknown=("environment",)),
        builders.passed(touched=Touched(files=("/a",), more={"files": 3})),
        builders.passed(wall=None),
    ],
)
def test_what_could_not_be_observed_in_full_takes_a_decision_of_its_own(validation: Outcome):
    approvals = Authorizer(
        store=cast("Any", None),
        policy=ApprovalPolicy(rules=[ApprovalRule(thread=60.0)]),
        directory=FakeDirectory(),
        expiry=1000.0,
    )
    assert approvals.needs(builders.proposal(), "C1").thread == 60
    assert approvals.needs(builders.proposal(validation=validation), "C1").thread == 0


def test_facts_of_nothing_are_of_nothing():
    assert read(None) == DriverReport()
