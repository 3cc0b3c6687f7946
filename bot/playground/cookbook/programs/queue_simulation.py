"""Simulate a queue: how long customers wait with more and more servers."""

import heapq

import numpy as np
import pandas as pd
import ray

CUSTOMERS = 10_000
SERVERS = 4
LOAD = 0.8  # of what all the servers together can do
REPEATS = 5
SEED = 42


@ray.remote
def simulate(servers, seed):
    """The mean and the 95th percentile of the waiting time, in service times."""
    rng = np.random.default_rng(seed)
    arrivals = rng.exponential(1 / (LOAD * servers), CUSTOMERS).cumsum()
    services = rng.exponential(1.0, CUSTOMERS)
    free_at = [0.0] * servers
    waits = []
    for arrival, service in zip(arrivals, services, strict=True):
        begins = max(arrival, heapq.heappop(free_at))
        heapq.heappush(free_at, begins + service)
        waits.append(begins - arrival)
    return servers, np.mean(waits), np.quantile(waits, 0.95)


def main():
    ray.init()
    seeds = np.random.SeedSequence(SEED).spawn(REPEATS)
    runs = [simulate.remote(n, seed) for n in range(1, SERVERS + 1) for seed in seeds]
    table = pd.DataFrame(ray.get(runs), columns=["servers", "mean wait", "95% wait"])
    summary = table.groupby("servers").mean()
    print(summary.round(3).to_string())
    last = summary.iloc[-1]
    print(
        f"Result: at {LOAD:.0%} load, {SERVERS} servers keep customers waiting "
        f"{last['mean wait']:.3f} service times on average"
    )


if __name__ == "__main__":
    main()
