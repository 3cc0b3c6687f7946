"""Count prime numbers: each task sieves one segment with the small primes."""

import math
from itertools import pairwise

import numpy as np
import ray

LIMIT = 1_000_000
TASKS = 8


def small_primes(limit):
    is_prime = np.ones(limit + 1, dtype=bool)
    is_prime[:2] = False
    for number in range(2, math.isqrt(limit) + 1):
        if is_prime[number]:
            is_prime[number * number :: number] = False
    return np.flatnonzero(is_prime)


@ray.remote
def sieve(start, stop, base):
    """The primes from `start` up to, not including, `stop`."""
    is_prime = np.ones(stop - start, dtype=bool)
    for prime in base:
        first = max(prime * prime, -(-start // prime) * prime)
        is_prime[first - start :: prime] = False
    return start + np.flatnonzero(is_prime)


def main():
    ray.init()
    base = ray.put(small_primes(math.isqrt(LIMIT)))  # stored once, read by every task
    edges = np.linspace(2, LIMIT + 1, TASKS + 1).astype(int)
    segments = [
        sieve.remote(start, stop, base) for start, stop in pairwise(edges.tolist())
    ]
    primes = np.concatenate(ray.get(segments))
    print(f"First: {', '.join(map(str, primes[:10]))}")
    print(f"Last:  {', '.join(map(str, primes[-5:]))}")
    print(f"Result: {len(primes):,} primes up to {LIMIT:,}")


if __name__ == "__main__":
    main()
