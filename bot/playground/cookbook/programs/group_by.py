"""Group a table with Ray Data: revenue by region from generated orders."""

import numpy as np
import ray
from ray.data.aggregate import Count, Mean, Sum

ROWS = 20_000
REGIONS = ["north", "south", "east", "west"]
SEED = 42


def price(batch):
    """Adds the columns that follow from the order's number, whole batches at a time."""
    rng = np.random.default_rng([SEED, int(batch["id"][0])])
    size = len(batch["id"])
    batch["region"] = rng.choice(REGIONS, size=size)
    batch["amount"] = rng.gamma(shape=2.0, scale=25.0, size=size).round(2)
    return batch


def main():
    ray.init()
    ray.data.DataContext.get_current().enable_progress_bars = False
    orders = ray.data.range(ROWS, override_num_blocks=4).map_batches(price)
    summary = orders.groupby("region", num_partitions=4).aggregate(
        Count(alias_name="orders"),
        Sum("amount", alias_name="revenue"),
        Mean("amount", alias_name="average"),
    )
    table = summary.to_pandas().sort_values("revenue", ascending=False)
    print(table.round(2).to_string(index=False))
    best = table.iloc[0]
    print(f"Result: {table['orders'].sum():,} orders; {best['region']} earns the most")


if __name__ == "__main__":
    main()
