"""Sort numbers on a cluster: sample the range, partition, then sort each part."""

import numpy as np
import ray

NUMBERS = 1_000_000
PARTITIONS = 4
SEED = 42


@ray.remote
def generate(count, seed):
    return np.random.default_rng(seed).normal(size=count)


@ray.remote
def sample(block):
    return block[:: max(1, len(block) // 100)]


@ray.remote(num_returns=PARTITIONS)
def partition(block, edges):
    """The block's numbers split by range, one part for each sorter."""
    target = np.searchsorted(edges, block, side="right")
    return [block[target == part] for part in range(PARTITIONS)]


@ray.remote
def merge_sorted(*parts):
    return np.sort(np.concatenate(parts))


def main():
    ray.init()
    seeds = np.random.SeedSequence(SEED).spawn(PARTITIONS)
    edges = [NUMBERS * part // PARTITIONS for part in range(PARTITIONS + 1)]
    blocks = [
        generate.remote(stop - start, seed)
        for start, stop, seed in zip(edges, edges[1:], seeds, strict=False)
    ]
    samples = np.concatenate(ray.get([sample.remote(block) for block in blocks]))
    bounds = np.quantile(samples, np.linspace(0, 1, PARTITIONS + 1)[1:-1])

    parts = [partition.remote(block, bounds) for block in blocks]
    runs = ray.get(
        [merge_sorted.remote(*column) for column in zip(*parts, strict=True)]
    )
    result = np.concatenate(runs)
    print(f"Sizes of the sorted parts: {[len(run) for run in runs]}")
    print(
        f"Smallest {result[0]:.4f}, median {np.median(result):.4f}, largest {result[-1]:.4f}"
    )
    print(
        f"Result: {len(result):,} numbers, sorted: {bool((np.diff(result) >= 0).all())}"
    )


if __name__ == "__main__":
    main()
