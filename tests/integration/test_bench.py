"""The benchmarks really run, and tell figures; how good those are is not asked here.

The longest runs with BENCHES=all in the environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from services.validation.probe import probe

VALIDATION = {
    *("warm", "own_overhead", "inside", "job", "python", "cold_start", "refill"),
    *("pss_per_cluster", "per_minute", "jobs_per_minute", "forked_start", "cpu", "cpu_unforked"),
    *("cpu_gcs", "cpu_raylet", "cpu_driver", "cpu_workers", "cpu_rest"),
}
OURS = {"stop", "running", "ending", "start", "driver", "reading", "exit"}
LONG = pytest.mark.skipif(os.environ.get("BENCHES") != "all", reason="takes long; BENCHES=all runs it")
GROWTH = {f"{name}_growth" for name in ("processes", "descriptors", "mounts", "files", "threads", "memory")}


@pytest.fixture
async def sealed() -> None:
    readiness = await probe()
    if not readiness.ready:
        pytest.skip(readiness.missing)


def reported(*words: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bot", "bench", *words, "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=350, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return json.loads(ended.stdout)


@LONG
@pytest.mark.usefixtures("sealed")
def test_validation() -> None:
    report = reported("validation", "--programs", "2", "--rounds", "1")
    assert report["bench"] == "validation"
    assert set(report["figures"]) == VALIDATION
    assert all(0 < figure["min"] <= figure["value"] <= figure["max"] for figure in report["figures"].values())
    assert report["figures"]["warm"]["n"] == 2
    assert (
        set(report["ratios"])
        == {"job_over_warm", "python_over_warm", "per_minute_over_jobs", "cpu_unforked_over_forked"}
        == set(report["how"])
    )
    assert report["problems"] == []


@LONG
@pytest.mark.usefixtures("sealed")
def test_endurance() -> None:
    report = reported("endurance", "--count", "6")
    figures = {name: figure["value"] for name, figure in report["figures"].items()}
    assert set(figures) == {"validation", "processes_left", "wrong_verdicts", *GROWTH}
    assert report["figures"]["validation"]["n"] == 6
    assert figures["validation"] > 0
    assert [name for name in GROWTH - {"memory_growth"} if figures[name] > 0] == []
    assert (figures["processes_left"], figures["wrong_verdicts"], report["problems"]) == (0, 0, [])


@LONG
@pytest.mark.usefixtures("sealed")
def test_environments() -> None:
    report = reported("environments", "--rounds", "1")
    figures = {name: figure["value"] for name, figure in report["figures"].items()}
    assert set(figures) == {"first_use", "second_use", "without", "size", "packages"}
    assert all(value > 0 for value in figures.values())
    assert figures["packages"] == 1
    assert set(report["ratios"]) == {"second_over_first", "with_packages_over_without"} == set(report["how"])


@LONG
@pytest.mark.usefixtures("sealed")
def test_data() -> None:
    report = reported("data", "--rounds", "1", "--mb", "10")
    read = {f"{name}{what}" for name in ("sampling", "scan") for what in ("", "_throughput", "_memory")}
    assert set(report["figures"]) == {"with_data", "without", "bare", *read}
    assert all(figure["value"] > 0 for figure in report["figures"].values())
    assert {*report["ratios"]} == {*report["how"]}
    assert report["ratios"]["with_data_over_without"] > 0


@LONG
def test_runs() -> None:
    report = reported("runs", "--rounds", "1")
    stages = {"submit", "first_output", "result", "inside"}
    assert set(report["figures"]) == {*stages, *(f"job_{name}" for name in stages), *OURS}
    spans = ("submit", "start", "driver", "inside", "exit")
    whole = sum(report["figures"][name]["value"] for name in spans)
    assert whole == pytest.approx(report["figures"]["result"]["value"], abs=0.1), (
        "it says where all of it goes"
    )
    assert set(report["ratios"]) == {"job_over_first_output", "job_over_result"} == set(report["how"])
    assert all(value > 0 for value in report["ratios"].values())


@LONG
@pytest.mark.usefixtures("sealed")
def test_load() -> None:
    report = reported("load", "--people", "5", "--minutes", "0.1")
    phases = ("", "beside_hostile_", "steady_")
    names = ("ack", "all_answered", "memory_growth", "unanswered", "failed", "told_failed_though_taken")
    assert set(report["figures"]) == {phase + name for phase in phases for name in names}
    assert [report["figures"][f"{phase}ack"]["n"] for phase in phases] == [5, 25, 6]
    assert all(report["figures"][f"{phase}{name}"]["value"] == 0 for phase in phases for name in names[3:])
    assert report["ratios"]["beside_hostile_over_quiet"] > 0


def test_policy() -> None:
    assert reported("policy")["figures"]["check_500_lines"]["value"] > 0


@pytest.mark.usefixtures("sealed")
def test_snippets() -> None:
    report = reported("snippets")
    assert set(report["figures"]) == {"snippet", "sealed", "python", "fell_through"}
    assert 0 < report["figures"]["fell_through"]["value"] < 0.5, (
        "most are for the first engine, and some are not"
    )
    assert report["ratios"]["python_over_snippet"] > 0
