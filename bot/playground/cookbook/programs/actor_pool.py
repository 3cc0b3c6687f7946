"""Share work among a pool of actors: each loads its model once, then takes items."""

from collections import Counter

import numpy as np
import ray
from ray.util import ActorPool

ACTORS = 2
ITEMS = 40
SEED = 42


@ray.remote
class Worker:
    def __init__(self, name):
        self.name = name
        # Stands for something slow to load, such as a model's weights.
        self.weights = np.random.default_rng(SEED).normal(size=(256, 10))

    def classify(self, item):
        features = np.random.default_rng(item).normal(size=(1_000, 256))
        labels = (features @ self.weights).argmax(axis=1)
        return self.name, np.bincount(labels, minlength=10)


def main():
    ray.init()
    pool = ActorPool([Worker.remote(f"worker {number}") for number in range(ACTORS)])
    results = list(
        pool.map(lambda worker, item: worker.classify.remote(item), range(ITEMS))
    )
    for name, items in sorted(Counter(name for name, _ in results).items()):
        print(f"{name}: {items} items")
    labels = sum(counts for _, counts in results)
    print(f"Labels: {labels.tolist()}")
    print(f"Result: {labels.sum():,} rows of {len(results)} items classified")


if __name__ == "__main__":
    main()
