"""Programs of the kinds that people really write, and what a validation of each has to end with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from services.domain.parameters import NOTHING_GIVEN, Given
from services.domain.values import Verdict

HERE = Path(__file__).parent / "programs"


@dataclass(frozen=True, slots=True)
class RealProgram:
    """A program by its file, the kind of need that it stands for, and how its validation ends and why."""

    file: str
    kind: str
    verdict: Verdict = Verdict.PASSED
    why: str = ""
    output: str = ""
    given: Given = NOTHING_GIVEN
    packages: bool = False
    long: bool = False

    @property
    def name(self) -> str:
        return self.file.removesuffix("/main.py")


TABLE = (
    RealProgram("word_count.py", "tasks", output="[('the', 15000)"),
    RealProgram("text_search.py", "tasks", output="doc42"),
    RealProgram("retries.py", "tasks", output="10"),
    RealProgram("streaming.py", "tasks", output="[0, 1, 4, 9, 16]"),
    RealProgram("shuffle_sort.py", "tasks", output="200000 True"),
    RealProgram("image_filter.py", "tasks", output="0."),
    RealProgram("join_tables.py", "tasks"),
    RealProgram("charts.py", "figures"),
    RealProgram("pagerank.py", "installed package", output="400"),
    RealProgram("actor_crawler.py", "actors", output="100 pages"),
    RealProgram("actor_pool.py", "actors", output="800 rows"),
    RealProgram("queue_async.py", "actors", output="49.5"),
    RealProgram("process_pool.py", "multiprocessing", output="303 primes"),
    RealProgram("placement_group.py", "placement group", output="1 node"),
    RealProgram("gpu_or_cpu.py", "virtual GPUs", output="4"),
    RealProgram("batch_inference.py", "Ray Data", output="50.495"),
    RealProgram("million_rows.py", "Ray Data", output="333332833333500000"),
    RealProgram("parquet_etl.py", "Ray Data, files", output="2026-01-01"),
    RealProgram("csv_report.py", "input file", output="('north', 840)"),
    RealProgram("yaml_config.py", "input file", output="('second', 16)"),
    RealProgram("tune_grid.py", "Ray Tune", output="0"),
    RealProgram("tune_asha.py", "Ray Tune", output="4 trials"),
    RealProgram("train_workers.py", "Ray Train", output="weight"),
    RealProgram("serve_model.py", "Ray Serve", output="{'score': 10.0}"),
    RealProgram("multi_file/main.py", "several files", output="('ada', 171.0)"),
    RealProgram("analysis.ipynb", "notebook", output="[0, 1, 4, 9, 16]"),
    RealProgram("monte_carlo.py", "parameters, an hour", output="Result: 3.14"),
    RealProgram("click_options.py", "parameters", output="mean 499.5"),
    RealProgram(
        "required_arguments.py", "arguments", output="[0, 2, 4]", given=Given(arguments=("--days", "3"))
    ),
    RealProgram(
        "two_hours.py",
        "hours",
        Verdict.PARTIAL,
        "It was still working at the limit, and declares two hours.",
        long=True,
    ),
    RealProgram(
        "eight_gpus.py", "hardware", Verdict.NEEDS_HARDWARE, "The sealed cluster has 4 virtual GPUs."
    ),
    RealProgram("h100.py", "hardware", Verdict.NEEDS_HARDWARE, "The sealed cluster has no H100."),
    RealProgram("large_object.py", "memory", Verdict.FAILED, "The sealed cluster's object store has 256 MB."),
    RealProgram("sklearn_grid.py", "packages", output="trees", packages=True),
    RealProgram("undeclared_sklearn.py", "packages, undeclared", output="2.0", packages=True),
    RealProgram("polars_duckdb.py", "packages", output="shape: (5, 2)", packages=True),
    RealProgram("tune_optuna.py", "packages, Ray Tune", output="4 trials", packages=True),
    RealProgram("xgboost_csv.py", "packages, input file", output="(1, True)", packages=True, long=True),
    RealProgram("torch_cpu.py", "packages", output="('cpu', True)", packages=True, long=True),
    RealProgram("api_call.py", "network", Verdict.FAILED, "The seal refuses every host."),
    RealProgram("postgres.py", "database", Verdict.FAILED, "The seal has no PGHOST."),
    RealProgram("team_secret.py", "secret", Verdict.FAILED, "The seal has no secrets."),
)
