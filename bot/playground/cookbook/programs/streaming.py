"""Stream results from a generator: the driver works on each while the next is made."""

import numpy as np
import ray

BATCHES = 10
BATCH_SIZE = 100_000
SEED = 42


# The worker pauses when this many results wait for their reader.
@ray.remote(num_returns="streaming", _generator_backpressure_num_objects=4)
def produce(batches, batch_size, seed):
    rng = np.random.default_rng(seed)
    for _ in range(batches):
        yield rng.exponential(scale=3.0, size=batch_size)


def main():
    ray.init()
    total, count = 0.0, 0
    for number, ref in enumerate(produce.remote(BATCHES, BATCH_SIZE, SEED), start=1):
        batch = ray.get(ref)
        total += float(batch.sum())
        count += len(batch)
        print(f"Batch {number:>3}: mean so far {total / count:.4f}", flush=True)
    print(f"Result: {count:,} values in {BATCHES} batches, mean {total / count:.4f}")


if __name__ == "__main__":
    main()
