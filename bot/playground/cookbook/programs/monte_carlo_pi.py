"""Estimate pi by Monte Carlo: random points in a square, drawn by many tasks."""

import math

import numpy as np
import ray

TASKS = 100
SAMPLES = 10_000_000
SEED = 42
BATCH = 1_000_000  # points held in memory at once


@ray.remote
def count_inside(samples, seed):
    """How many of `samples` random points fall into the quarter circle."""
    rng = np.random.default_rng(seed)
    inside = 0
    for start in range(0, samples, BATCH):
        x, y = rng.random((2, min(BATCH, samples - start)))
        inside += int(np.count_nonzero(x * x + y * y <= 1.0))
    return inside


def main():
    ray.init()
    share, rest = divmod(SAMPLES, TASKS)
    sizes = [share + (task < rest) for task in range(TASKS)]
    # One seed per task, all from one root: repeatable, yet independent.
    seeds = np.random.SeedSequence(SEED).spawn(TASKS)
    jobs = zip(sizes, seeds, strict=True)
    inside = sum(ray.get([count_inside.remote(*job) for job in jobs]))

    pi = 4 * inside / SAMPLES
    print(f"{TASKS} tasks drew {SAMPLES:,} points, {inside:,} of them in the circle")
    print(f"Result: pi is about {pi:.6f} (off by {abs(pi - math.pi):.6f})")


if __name__ == "__main__":
    main()
