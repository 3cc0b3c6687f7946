"""A distributed sort: sample, partition, merge."""
import numpy as np
import ray

ray.init()


@ray.remote(num_returns=4)
def partition(seed):
    values = np.random.default_rng(seed).integers(0, 1_000_000, 50_000)
    return [values[(values >= low) & (values < low + 250_000)] for low in range(0, 1_000_000, 250_000)]


@ray.remote
def merge(*parts):
    return np.sort(np.concatenate(parts))


parts = [partition.remote(seed) for seed in range(4)]
merged = ray.get([merge.remote(*(part[i] for part in parts)) for i in range(4)])
whole = np.concatenate(merged)
print(len(whole), bool((np.diff(whole) >= 0).all()))
