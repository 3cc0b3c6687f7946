"""Estimate pi by throwing darts."""

import random

import ray

TASKS = 160
DARTS = 20_000


@ray.remote
def hits(seed: int) -> int:
    rng = random.Random(seed)
    return sum(rng.random() ** 2 + rng.random() ** 2 <= 1 for _ in range(DARTS))


def main() -> None:
    ray.init()
    total = sum(ray.get([hits.remote(seed) for seed in range(TASKS)]))
    print(f"Result: {4 * total / (TASKS * DARTS):.5f}")


if __name__ == "__main__":
    main()
