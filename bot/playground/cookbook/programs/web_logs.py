"""Analyse web logs: tasks parse generated lines, the driver merges what they found."""

import re
from collections import Counter

import numpy as np
import pandas as pd
import ray

LINES = 100_000
TASKS = 8
TOP = 5
SEED = 42
PATHS = [
    "/",
    "/login",
    "/search",
    "/cart",
    "/checkout",
    "/api/items",
    "/docs",
    "/health",
]
STATUSES = [200, 301, 404, 500]
LINE = re.compile(
    r"(?P<host>\S+) - - \[[^]]+\] "
    r'"GET (?P<path>\S+) \S+" (?P<status>\d{3}) (?P<size>\d+)'
)


def log_lines(count, seed):
    """Lines in the common log format, as a web server would have written them."""
    rng = np.random.default_rng(seed)
    for host, path, status, size in zip(
        rng.integers(1, 255, size=count),
        rng.choice(PATHS, size=count),
        rng.choice(STATUSES, size=count, p=[0.9, 0.04, 0.05, 0.01]),
        rng.integers(200, 20_000, size=count),
        strict=True,
    ):
        time = "01/Jan/2026:00:00:00 +0000"
        yield f'10.0.0.{host} - - [{time}] "GET {path} HTTP/1.1" {status} {size}'


@ray.remote
def analyse(count, seed):
    hits, errors, sizes = Counter(), Counter(), Counter()
    for line in log_lines(count, seed):
        if found := LINE.match(line):
            path = found["path"]
            hits[path] += 1
            errors[path] += found["status"] >= "400"
            sizes[path] += int(found["size"])
    return hits, errors, sizes


def main():
    ray.init()
    seeds = np.random.SeedSequence(SEED).spawn(TASKS)
    counts = [
        LINES * (task + 1) // TASKS - LINES * task // TASKS for task in range(TASKS)
    ]
    parts = ray.get([analyse.remote(*job) for job in zip(counts, seeds, strict=True)])
    hits, errors, sizes = (
        sum(column, Counter()) for column in zip(*parts, strict=True)
    )
    table = pd.DataFrame({"hits": hits, "errors": errors, "bytes": sizes}).fillna(0)
    table["errors"] = table["errors"].astype(int)
    table["error rate"] = (table["errors"] / table["hits"]).map("{:.1%}".format)
    table["mean size"] = (table.pop("bytes") / table["hits"]).round().astype(int)
    print(table.sort_values("hits", ascending=False).head(TOP).to_string())
    print(f"Result: {hits.total():,} requests, {errors.total():,} of them errors")


if __name__ == "__main__":
    main()
