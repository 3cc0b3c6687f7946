"""Reduce values as a tree: partial sums are merged in rounds, without the driver."""

import numpy as np
import ray

PARTS = 64
VALUES = 1_000_000
FAN_IN = 4
SEED = 42


@ray.remote
def partial(values, seed):
    """Count, sum and sum of squares of one part."""
    sample = np.random.default_rng(seed).normal(10, 2, values)
    return np.array([values, sample.sum(), np.square(sample).sum()])


@ray.remote
def merge(*parts):
    return np.sum(parts, axis=0)


def main():
    ray.init()
    seeds = np.random.SeedSequence(SEED).spawn(PARTS)
    sizes = [
        VALUES * (part + 1) // PARTS - VALUES * part // PARTS for part in range(PARTS)
    ]
    level = [partial.remote(*job) for job in zip(sizes, seeds, strict=True)]
    rounds = 0
    while len(level) > 1:
        level = [
            merge.remote(*level[at : at + FAN_IN])
            for at in range(0, len(level), FAN_IN)
        ]
        rounds += 1
        print(f"Round {rounds}: {len(level)} partial results")
    count, total, squares = ray.get(level[0])
    mean = total / count
    deviation = np.sqrt(squares / count - mean**2)
    print(
        f"Result: mean {mean:.4f}, deviation {deviation:.4f} of {int(count):,} values"
    )


if __name__ == "__main__":
    main()
