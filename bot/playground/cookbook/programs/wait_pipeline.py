"""Process results as they come: ray.wait keeps a bounded number of tasks in flight."""

import random
import time

import ray

TASKS = 50
IN_FLIGHT = 8
SEED = 42


@ray.remote
def process(item, seconds):
    time.sleep(seconds)
    return item, seconds


def main():
    ray.init()
    rng = random.Random(SEED)
    waiting = [(item, rng.uniform(0.005, 0.05)) for item in range(TASKS)]
    begun = time.perf_counter()
    running, order, busy = [], [], 0.0
    while waiting or running:
        while waiting and len(running) < IN_FLIGHT:
            running.append(process.remote(*waiting.pop(0)))
        # One result is enough to go on: fast tasks never wait for slow ones.
        ready, running = ray.wait(running, num_returns=1)
        for item, seconds in ray.get(ready):
            order.append(item)
            busy += seconds
    took = time.perf_counter() - begun
    print(f"First to end: {order[:10]}")
    print(
        f"{busy:.1f} s of work took {took:.1f} s, never more than {IN_FLIGHT} in flight"
    )
    print(f"Result: {len(order)} of {TASKS} items processed")


if __name__ == "__main__":
    main()
