"""Estimate pi with actors: each draws random points and keeps its own tally."""

import math

import numpy as np
import ray

ACTORS = 2
SAMPLES = 10_000_000
SEED = 42
ROUNDS = 10


@ray.remote
class Sampler:
    """Throws points into the unit square and remembers all of them."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.inside = self.total = 0

    def throw(self, samples):
        x, y = self.rng.random((2, samples))
        self.inside += int(np.count_nonzero(x * x + y * y <= 1.0))
        self.total += samples
        return self.inside, self.total


def main():
    ray.init()
    seeds = np.random.SeedSequence(SEED).spawn(ACTORS)
    samplers = [Sampler.remote(seed) for seed in seeds]
    share = max(1, SAMPLES // (ACTORS * ROUNDS))
    for _ in range(ROUNDS):
        tallies = ray.get([sampler.throw.remote(share) for sampler in samplers])
        inside, total = map(sum, zip(*tallies, strict=True))
        print(f"{total:>12,} points: {4 * inside / total:.6f}")
    pi = 4 * inside / total
    print(f"Result: pi is about {pi:.6f} (off by {abs(pi - math.pi):.6f})")


if __name__ == "__main__":
    main()
