"""Settings change the grades of rules, or switch them off, and say in one sentence what can't be."""

from pathlib import Path

import pytest

from bot.settings import load
from services.domain.errors import SettingsError
from services.domain.values import Grade
from services.policy import OFF, RULES, Policy, check, grades_in, table


def test_a_rule_may_be_stricter_or_milder() -> None:
    policy = Policy({"network": Grade.REFUSE, "ray-stop": "warn"})
    assert policy.check("import requests").refused
    assert not policy.check("import os\nos.system('ray stop')").refused


def test_a_rule_that_is_off_is_silent_and_its_facts_stay() -> None:
    code = "import os\nos.system('ls -l')"
    report = Policy({"process": OFF}).check(code)
    assert [finding.rule for finding in check(code).findings] == ["process"]
    assert report.findings == ()
    assert report.processes == ("ls -l",)


def test_the_other_rules_keep_their_grades() -> None:
    assert Policy({"network": OFF}).check("eval(x)") == check("eval(x)")


@pytest.mark.parametrize(
    ("grades", "sentence"),
    [
        ({"netwrok": "warn"}, "There is no policy rule 'netwrok'; did you mean 'network'?"),
        ({"xyz": "warn"}, "There is no policy rule 'xyz'."),
        (
            {"network": "deny"},
            "'deny' isn't a grade for the policy rule 'network'; write one of refuse, warn, note, off.",
        ),
        (
            {"syntax-error": "off"},
            "The grade of the policy rule 'syntax-error' can't be changed from 'refuse'; remove it from the list.",
        ),
    ],
)
def test_what_can_not_be_is_one_sentence(grades: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Policy(grades)
    assert refused.value.public == sentence


def test_only_what_can_not_be_read_stays_refused() -> None:
    fixed = {rule.id for rule in RULES.values() if not rule.changeable}
    assert fixed == {"syntax-error", "empty-program", "too-complex", "source-encoding"}
    assert all(RULES[rule].grade is Grade.REFUSE for rule in fixed)
    assert Policy(dict.fromkeys(fixed, "refuse")).check("").refused


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("", {}),
        ("network=refuse", {"network": "refuse"}),
        (" network = refuse,detached=off\n", {"network": "refuse", "detached": "off"}),
        ("network=refuse detached=off", {"network": "refuse", "detached": "off"}),
    ],
)
def test_settings_are_written_as_pairs(text: str, grades: dict[str, str]) -> None:
    assert grades_in(text) == grades


@pytest.mark.parametrize("text", ["network", "network=refuse, off", "network=warn network=note"])
def test_other_writing_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        grades_in(text)


def test_the_table_has_a_row_for_each_rule() -> None:
    head, line, *rows = table().splitlines()
    assert head.count("|") == line.count("|") == 4
    assert [row.split("`")[1] for row in rows] == list(RULES)
    assert "| `network` | warn | network libraries, sockets and name look-ups |" in rows
    assert "| `syntax-error` | refuse, always | what Python's parser refuses |" in rows


def test_the_documented_rules_are_those_in_force() -> None:
    assert (
        (Path(__file__).parents[3] / "docs" / "policy.md")
        .read_text(encoding="utf-8")
        .endswith(f"\n\n{table()}\n")
    )


def test_the_environment_sets_grades(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAYGEN_POLICY", "network=refuse, detached=off")
    assert load().policy == {"network": "refuse", "detached": "off"}
    monkeypatch.setenv("RAYGEN_POLICY", "netwrok=refuse")
    with pytest.raises(SettingsError, match="did you mean 'network'"):
        load()
