"""Map a function in parallel: items go out in chunks, and come back in order."""

import math
import time

import ray

ITEMS = 2_000
CHUNKS = 20


def work(number):
    """Something that keeps a CPU busy: how many steps until `number` reaches 1."""
    steps = 0
    while number != 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        steps += 1
    return steps


@ray.remote
def work_on(chunk):
    return [work(number) for number in chunk]


def main():
    ray.init()
    items = list(range(1, ITEMS + 1))
    size = math.ceil(ITEMS / CHUNKS)
    begun = time.perf_counter()
    # Chunks, not single items: a task should last some milliseconds.
    parts = [work_on.remote(items[at : at + size]) for at in range(0, ITEMS, size)]
    results = [result for part in ray.get(parts) for result in part]
    took = time.perf_counter() - begun

    longest = max(range(ITEMS), key=results.__getitem__)
    print(f"Mapped {len(results):,} items in {len(parts)} chunks in {took:.2f} s")
    print(f"Result: {items[longest]} takes the most steps, {results[longest]}")


if __name__ == "__main__":
    main()
