"""Describe a CSV file: tasks summarise its blocks, the driver merges them."""

from pathlib import Path

import pandas as pd
import ray

FILE = "data.csv"
BLOCK = 50_000


@ray.remote
def summarise(block):
    """Rows, and for each number column: count, sum, smallest, largest."""
    numbers = block.select_dtypes("number")
    return len(block), numbers.agg(["count", "sum", "min", "max"]).T


def main():
    ray.init()
    if not Path(FILE).exists():
        print(f"Result: there is no {FILE} here; share it in the thread")
        return
    parts = ray.get(
        [summarise.remote(block) for block in pd.read_csv(FILE, chunksize=BLOCK)]
    )
    rows = sum(count for count, _ in parts)
    table = pd.concat([columns for _, columns in parts]).groupby(level=0, sort=False)
    merged = table.agg({"count": "sum", "sum": "sum", "min": "min", "max": "max"})
    merged["mean"] = merged["sum"] / merged["count"]
    print(merged.to_string(float_format="{:,.2f}".format))
    print(f"Result: {rows:,} rows in {FILE}")


if __name__ == "__main__":
    main()
