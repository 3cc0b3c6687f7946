"""Multiply matrices in blocks: one task for each block of the product."""

import time

import numpy as np
import ray

SIZE = 1_000
BLOCKS = 4  # the product is cut into BLOCKS x BLOCKS
SEED = 42


@ray.remote
def multiply(rows, columns):
    return rows @ columns


def main():
    ray.init()
    rng = np.random.default_rng(SEED)
    left, right = rng.random((SIZE, SIZE)), rng.random((SIZE, SIZE))
    # Each strip is stored once and read by all the tasks that need it.
    strips = [ray.put(part) for part in np.array_split(left, BLOCKS, axis=0)]
    columns = [ray.put(part) for part in np.array_split(right, BLOCKS, axis=1)]

    begun = time.perf_counter()
    blocks = [
        [multiply.remote(strip, column) for column in columns] for strip in strips
    ]
    product = np.block([ray.get(row) for row in blocks])
    took = time.perf_counter() - begun

    print(f"{SIZE} x {SIZE} in {BLOCKS * BLOCKS} blocks took {took:.2f} s")
    print(f"Largest difference to numpy: {np.abs(product - left @ right).max():.1e}")
    print(f"Result: the trace of the product is {np.trace(product):,.2f}")


if __name__ == "__main__":
    main()
