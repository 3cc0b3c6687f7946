"""Figures, ratios and problems as JSON and as a table."""

import json

import pytest

from bot.bench.data import report as data_report
from bot.bench.endurance import Course
from bot.bench.endurance import report as endurance_report
from bot.bench.environments import report as environments_report
from bot.bench.figures import BYTES, COUNT, PER_MINUTE, SECONDS, Figure, Ratio, Report
from bot.bench.holdings import Holdings
from bot.bench.machine import describe
from bot.bench.mixture import MIB
from bot.bench.policy import LINES, five_hundred_lines
from bot.bench.programs import BenchFailed, Stamps, add_numbers
from bot.bench.table import as_table
from bot.bench.validation import report as validation_report
from services.policy import check

MACHINE = {"processors": 2, "memory": 8_000_000_000, "bytecode": True}
FAST, SLOW = Figure.of([0.02, 0.03, 0.01], SECONDS), Figure.of([3.0, 2.0], SECONDS)
REPORT = Report(
    "example",
    MACHINE,
    {"fast": FAST, "slow_one": SLOW, "held": Figure.of([250_000_000], BYTES)},
    {"slow_over_fast": Ratio.between(SLOW, FAST, "medians, side by side")},
    ("Something grew.",),
)


def test_a_figure_is_the_median_with_its_range() -> None:
    assert Figure(0.02, "s", 0.01, 0.03, 3) == FAST
    assert Figure(2.5, "s", 2.0, 3.0, 2) == SLOW
    assert Figure.of([1 / 3], SECONDS).value == 0.33333


def test_json_is_one_object_of_the_agreed_shape() -> None:
    reported = json.loads(REPORT.as_json())
    assert list(reported) == ["bench", "machine", "figures", "ratios", "how", "problems"]
    assert reported["figures"]["fast"] == {"value": 0.02, "unit": "s", "min": 0.01, "max": 0.03, "n": 3}
    assert reported["ratios"] == {"slow_over_fast": 125.0}
    assert reported["how"] == {"slow_over_fast": "medians, side by side"}
    assert reported["problems"] == ["Something grew."]


def test_the_table_is_for_people() -> None:
    assert as_table(REPORT).splitlines() == [
        "example on processors 2, memory 8.0 GB, bytecode yes",
        "",
        "           median    least     most  samples",
        "fast      20.0 ms  10.0 ms  30.0 ms        3",
        "slow one   2.50 s   2.00 s   3.00 s        2",
        "held       250 MB   250 MB   250 MB        1",
        "",
        "slow_over_fast  125.0x  medians, side by side",
        "",
        "NO  Something grew.",
    ]


def test_less_than_before_is_shown_too() -> None:
    report = Report(
        "x", MACHINE, {"less": Figure.of([-2048.0], BYTES), "rate": Figure.of([61.26], PER_MINUTE)}
    )
    table = as_table(report)
    assert "-2.0 kB" in table
    assert "61.26 1/min" in table
    assert "NO" not in table


def test_the_machine_is_described_for_the_table_and_json() -> None:
    machine = describe()
    assert machine["memory"] > 0
    assert as_table(Report("x", machine, {"n": Figure.of([1], COUNT)}))


def test_validation_tells_all_ratios_of_the_issue() -> None:
    samples = {
        name: [2.0, 4.0]
        for name in ("warm", "job", "python", "per_minute", "jobs_per_minute", "cpu", "cpu_unforked")
    }
    report = validation_report({**samples, "job": [300.0]})
    assert report.ratios["job_over_warm"].value == 100
    assert set(report.ratios) == {
        *("job_over_warm", "python_over_warm", "per_minute_over_jobs", "cpu_unforked_over_forked"),
    }
    assert report.figures["per_minute"].unit == PER_MINUTE


def test_a_program_tells_how_long_it_took_and_each_is_another() -> None:
    program = add_numbers(1)
    assert program.inside("Result: 3\ntook 0.25\n") == 0.25
    assert program.code != add_numbers(2).code
    assert not check(program.code).refused


def test_a_stamped_program_tells_when_it_began() -> None:
    program = add_numbers(1, stamped=True)
    assert program.stamps("Result: 3\nstamps 1.5 2.0 2.25\ntook 0.25\n") == Stamps(1.5, 2.0, 2.25)
    assert "stamps" not in add_numbers(1).code
    with pytest.raises(BenchFailed):
        program.stamps("Result: 3\ntook 0.25\n")


def test_a_program_that_adds_wrongly_is_no_figure() -> None:
    for output in ("Result: 4\ntook 0.25\n", "", "Result: 3\n"):
        with pytest.raises(BenchFailed):
            add_numbers(1).inside(output)


def holdings(**other: int) -> Holdings:
    same = {"processes": 1, "descriptors": 9, "mounts": 30, "files": 2, "threads": 8, "memory": 90 * MIB}
    return Holdings(**{**same, **other})


@pytest.mark.parametrize("name", ["processes", "descriptors", "mounts", "files", "threads"])
def test_any_growth_is_a_problem(name: str) -> None:
    grown = holdings(**{name: 31}).since(holdings())
    report = endurance_report(course(), grown, left=0)
    assert [name in problem for problem in report.problems] == [True]


def test_an_allocator_may_keep_a_little() -> None:
    assert not endurance_report(course(), holdings(memory=95 * MIB).since(holdings()), left=0).problems
    assert endurance_report(course(), holdings(memory=150 * MIB).since(holdings()), left=0).problems


def test_a_survivor_and_a_wrong_verdict_are_problems() -> None:
    report = endurance_report(course(wrong=["It went wrong."]), holdings().since(holdings()), left=1)
    assert report.problems == ("It went wrong.", "1 process outlived the pool.")


def test_halves_are_compared_over_whole_rounds() -> None:
    assert (
        endurance_report(course(16), holdings().since(holdings()), left=0).ratios["last_over_first"].value
        == 1
    )
    assert not endurance_report(course(15), holdings().since(holdings()), left=0).ratios


def course(count: int = 16, wrong: list[str] | None = None) -> Course:
    return Course(print, seconds=[0.1] * count, wrong=wrong or [])


def test_the_policy_is_timed_over_as_many_lines_as_promised() -> None:
    assert len(five_hundred_lines().splitlines()) == LINES == 500
    assert not any(finding.rule == "syntax-error" for finding in check(five_hundred_lines()).findings)


def test_programs_with_packages_are_compared_with_their_first_and_with_none() -> None:
    taken = {"first_use": [4.0], "second_use": [0.03], "without": [0.02], "size": [2e7], "packages": [3.0]}
    report = environments_report(taken)
    ratios = {name: ratio.value for name, ratio in report.ratios.items()}
    assert ratios == {"second_over_first": 0.0075, "with_packages_over_without": 1.5}
    table = as_table(report)
    assert "0.0075x" in table
    assert "1.5x" in table


def test_data_is_compared_with_none_and_sampling_with_a_scan() -> None:
    rates = {"sampling_throughput": [3e8], "scan_throughput": [1e8], "sampling_memory": [1e8]}
    taken = {"with_data": [0.3], "without": [0.2], "bare": [0.1], **rates, "scan_memory": [4e8]}
    report = data_report(taken)
    assert {name: ratio.value for name, ratio in report.ratios.items()} == {
        "with_data_over_without": 1.5,
        "with_data_over_bare": 3.0,
        "sampling_over_scan": 3.0,
        "sampling_memory_over_scan": 0.25,
    }
    assert "300 MB/s" in as_table(report)
