"""Programs of the kinds that people write, how the validation of each ends, and `docs/real-programs.md` about them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from services.domain.parameters import NOTHING_GIVEN, Given
from services.domain.values import Verdict

HERE = Path(__file__).parent / "programs"
FOLDER = "../tests/integration/real_programs/programs"


class Cadence(StrEnum):
    """When the test runs a program."""

    ALWAYS = "always"
    ON_DEMAND = "on demand"
    """It takes more than a few seconds."""
    LOCAL_INDEX = "always, with an index of the test's own"
    INDEX = "on demand, with a package index"
    """Its packages are downloaded from the index that this machine is configured for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RealProgram:
    """A program, and how its validation ends."""

    file: str
    """Its path below `programs`."""
    kind: str
    """What it stands for."""
    shows: str
    """A line of its output or value, or the name of a file that it writes; of one that doesn't pass, a part of what raygen says."""
    verdict: Verdict = Verdict.PASSED
    given: Given = NOTHING_GIVEN
    """What a person gives it."""
    installs: tuple[str, ...] = ()
    """Packages that must be in its lock, by normalized name."""
    tested: Cadence = Cadence.ALWAYS

    @property
    def name(self) -> str:
        return self.file.removesuffix("/main.py")

    @property
    def approvable(self) -> bool:
        return self.verdict in {Verdict.PASSED, Verdict.PARTIAL}


def _passes(file: str, kind: str, shows: str, **rest: Any) -> RealProgram:
    return RealProgram(file=file, kind=kind, shows=shows, **rest)


def _fails(file: str, kind: str, shows: str, **rest: Any) -> RealProgram:
    return RealProgram(file=file, kind=kind, shows=shows, verdict=Verdict.FAILED, **rest)


def _partial(file: str, kind: str, shows: str, **rest: Any) -> RealProgram:
    return RealProgram(file=file, kind=kind, shows=shows, verdict=Verdict.PARTIAL, **rest)


_LONG: dict[str, Any] = {"tested": Cadence.ON_DEMAND}


def _index(*packages: str) -> dict[str, Any]:
    return {"installs": packages, "tested": Cadence.INDEX}


def _local(*packages: str) -> dict[str, Any]:
    return {"installs": packages, "tested": Cadence.LOCAL_INDEX}


TABLE = (
    _passes("word_count.py", "tasks", "[('the', 15000), ('quick', 5000), ('brown', 5000)]"),
    _passes("text_search.py", "tasks", "doc42"),
    _passes("retries.py", "tasks that are retried", "10"),
    _passes("streaming.py", "generator tasks", "[0, 1, 4, 9, 16]"),
    _passes("shuffle_sort.py", "tasks with several results", "200000 True"),
    _passes("image_filter.py", "numpy", "0.5"),
    _passes("join_tables.py", "pandas", "fr       250000"),
    _passes("charts.py", "figures", "walks.png"),
    _passes("pagerank.py", "a package that is there", "400"),
    _passes("actor_crawler.py", "actors", "100 pages"),
    _passes("actor_pool.py", "actor pool", "800 rows labelled"),
    _passes("queue_async.py", "queue, async actor", "49.5"),
    _passes("process_pool.py", "multiprocessing pool", "303 primes below 2000"),
    _passes("joblib_backend.py", "joblib", "200 resamples, mean 50"),
    _passes("placement_group.py", "placement group", "1 node"),
    _passes("gpu_or_cpu.py", "virtual GPUs", "4"),
    _passes("batch_inference.py", "Ray Data", "50.495", **_LONG),
    _passes("million_rows.py", "Ray Data", "333332833333500000", **_LONG),
    _passes(
        "parquet_etl.py",
        "Ray Data, files",
        "[{'day': '2026-01-01', 'sum(clicks)': 49500}, {'day': '2026-01-03', 'sum(clicks)': 49700}]",
        **_LONG,
    ),
    _passes("csv_report.py", "input file", "[('north', 840), ('south', 840)]"),
    _passes("yaml_config.py", "input file", "[('first', 9), ('second', 16)]"),
    _passes("multi_file/main.py", "several files", "[('ada', 171.0), ('bob', 171.0)]"),
    _passes("analysis.ipynb", "notebook", "[0, 1, 4, 9, 16]"),
    _passes("click_options.py", "parameters, click", "mean 499.5"),
    _passes("monte_carlo.py", "parameters, an hour at full size", "Result: 3.141 from 2,000,000 samples"),
    _passes("required_arguments.py", "arguments", "[0, 2, 4]", given=Given(arguments=("--days", "3"))),
    _passes("tune_grid.py", "Ray Tune", "{'x': 3, 'y': 0} 0", **_LONG),
    _passes("tune_asha.py", "Ray Tune", "4 trials", **_LONG),
    _passes("tune_optuna.py", "Ray Tune, Optuna", "4 trials", **_LONG),
    _passes("train_workers.py", "Ray Train", "weight 2.1", **_LONG),
    _passes("serve_model.py", "Ray Serve", "{'score': 10.0}", **_LONG),
    _passes("private_package.py", "private package", "34", **_local("acme-pricing")),
    _passes("private_model.py", "model in a private package", "[1, -2, 0]", **_local("acme-sentiment")),
    _passes("typer_options.py", "packages, parameters, typer", "rows 300", **_index("typer")),
    _passes("polars_duckdb.py", "packages", "shape: (5, 2)", **_index("polars", "duckdb")),
    _passes("pasted_cells.py", "cells with magics", "[{'id': 0}, {'id': 1}, {'id': 2}]", **_index("polars")),
    _passes("sklearn_grid.py", "packages", "trees 20", **_index("scikit-learn")),
    _passes("sklearn_search.py", "packages, joblib", "6 candidates, best 1.0", **_index("scikit-learn")),
    _passes("undeclared_sklearn.py", "packages, undeclared", "2.0", **_index("scikit-learn")),
    _passes("xgboost_csv.py", "packages, input file", "[(1, True), (2, True)]", **_index("xgboost")),
    _passes(
        "packaged_model.py",
        "packages, model in one",
        "[('de', 100), ('en', 100), ('fr', 100)]",
        **_index("py3langid"),
    ),
    _passes("torch_cpu.py", "packages, GPU or CPU", "[('cpu', True), ('cpu', True)]", **_index("torch")),
    _passes("torch_trainer.py", "packages, Ray Train", "1", **_index("torch")),
    _passes(
        "collective.py",
        "packages, collective operations",
        "[[3.0, 3.0, 3.0, 3.0], [3.0, 3.0, 3.0, 3.0]]",
        **_index("torch"),
    ),
    _passes("rllib_ppo.py", "packages, RLlib", "[1, 2]", **_index("torch", "gymnasium")),
    _partial(
        "two_hours.py", "hours", "without a failure and expects 2 h 00 min. The rest was not run", **_LONG
    ),
    _partial(
        "eight_gpus.py",
        "hardware",
        "It asks for a placement group of 64 CPUs and 8 GPUs; the sealed cluster has 8 CPUs and 4 virtual GPUs.",
        **_LONG,
    ),
    _partial(
        "h100.py", "hardware", "It asks for the accelerator type H100; the sealed cluster has none.", **_LONG
    ),
    _fails(
        "unknown_package.ipynb",
        "a package that doesn't exist",
        "There is no package nothing-at-all",
        tested=Cadence.LOCAL_INDEX,
    ),
    _fails(
        "large_object.py",
        "memory",
        "the sealed cluster's object store is too small by 317 MB: it has 256 MB, and an object of 573 MB was put into it",
        **_LONG,
    ),
    _fails("api_call.py", "network", "Failed to resolve 'api.example.com'"),
    _fails("postgres.py", "database", "KeyError: 'PGHOST", **_LONG),
    _fails("team_secret.py", "secret", "KeyError: 'WANDB_API_KEY'"),
)

PAGE = Path(__file__).parents[3] / "docs" / "real-programs.md"
_HEAD = """\
# Real programs

<!-- Generated by `python -m tests.integration.real_programs.table > docs/real-programs.md`; edit the table there instead. -->

{total} programs of the kinds that people write, and how raygen validates each. {approvable} can be approved: {passed} pass, and {partial}
are validated in part, since they need more time or hardware than a sealed cluster has. The others fail with a sentence that says why.

| Program | Kind | Verdict | Output or reason | Tested |
| --- | --- | --- | --- | --- |
"""
_FOOT = """
`make test` runs the programs that are tested always. The others run with

```
REAL_PROGRAMS=all .venv/bin/python -m pytest tests/integration/real_programs
```

which downloads packages from the index that this machine's uv or pip is configured for. torch takes 3 GB from PyPI; a constraints file
(`RAYGEN_PACKAGE_CONSTRAINTS`) or an index (`RAYGEN_PACKAGE_INDEX`) can choose its build for CPUs instead, which takes {torch}.
"""


def page() -> str:
    """`docs/real-programs.md`."""
    passed = sum(each.verdict is Verdict.PASSED for each in TABLE)
    approvable = sum(each.approvable for each in TABLE)
    head = _HEAD.format(total=len(TABLE), approvable=approvable, passed=passed, partial=approvable - passed)
    return head + "".join(map(_row, TABLE)) + _FOOT.format(torch="190 MB")


def _row(program: RealProgram) -> str:
    shows = program.shows.replace("|", "\\|")
    link = f"[`{program.name}`]({FOLDER}/{program.file})"
    return f"| {link} | {program.kind} | {program.verdict} | `{shows}` | {program.tested} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
