"""Find extremes by map-reduce: mappers split readings by station, reducers merge them."""

import numpy as np
import pandas as pd
import ray

RECORDS = 500_000
MAPPERS = 8
REDUCERS = 3
SEED = 42
STATIONS = [
    "Bergen",
    "Cairo",
    "Lima",
    "Oslo",
    "Perth",
    "Quito",
    "Seoul",
    "Turin",
    "Wuhan",
]


@ray.remote(num_returns=REDUCERS)
def map_readings(records, seed):
    """Minimum, maximum, sum and count by station, one dict for each reducer."""
    rng = np.random.default_rng(seed)
    station = rng.integers(len(STATIONS), size=records)
    reading = rng.normal(5 + 3 * station, 8)
    parts = [{} for _ in range(REDUCERS)]
    for index, name in enumerate(STATIONS):
        own = reading[station == index]
        if len(own):
            parts[index % REDUCERS][name] = (own.min(), own.max(), own.sum(), len(own))
    return parts


@ray.remote
def reduce_readings(*parts):
    merged = {}
    for part in parts:
        for name, (low, high, total, count) in part.items():
            old = merged.get(name, (low, high, 0.0, 0))
            merged[name] = (
                min(old[0], low),
                max(old[1], high),
                old[2] + total,
                old[3] + count,
            )
    return merged


def main():
    ray.init()
    seeds = np.random.SeedSequence(SEED).spawn(MAPPERS)
    sizes = np.full(MAPPERS, RECORDS // MAPPERS)
    sizes[: RECORDS % MAPPERS] += 1
    mapped = [
        map_readings.remote(int(size), seed)
        for size, seed in zip(sizes, seeds, strict=True)
    ]
    # The shuffle: reducer r gets the r-th part of every mapper, by reference.
    columns = zip(*mapped, strict=True)
    reduced = ray.get([reduce_readings.remote(*column) for column in columns])
    rows = [(name, *row) for part in reduced for name, row in part.items()]

    table = pd.DataFrame(rows, columns=["station", "min", "max", "total", "readings"])
    table["mean"] = table.pop("total") / table["readings"]
    print(table.sort_values("station").round(1).to_string(index=False))
    print(f"Result: {table['readings'].sum():,} readings from {len(table)} stations")


if __name__ == "__main__":
    main()
