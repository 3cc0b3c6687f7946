# /// script
# [tool.raygen]
# wall = 3600
# [tool.raygen.parameters]
# samples = { default = 20_000_000_000, validation = 2_000_000, min = 1000, help = "points to draw" }
# tasks = { default = 400, validation = 4, min = 1, help = "tasks to split them into" }
# seed = { default = 1 }
# ///
"""Estimate pi; the full size takes an hour."""
import argparse

import numpy as np
import ray

parser = argparse.ArgumentParser()
parser.add_argument("--samples", type=int, default=20_000_000_000)
parser.add_argument("--tasks", type=int, default=400)
parser.add_argument("--seed", type=int, default=1)
given = parser.parse_args()


@ray.remote
def inside(seed, samples):
    rng = np.random.default_rng(seed)
    return int((rng.random((samples, 2)) ** 2).sum(axis=1).__le__(1.0).sum())


ray.init()
each = given.samples // given.tasks
hits = ray.get([inside.remote(given.seed + i, each) for i in range(given.tasks)])
print(f"Result: {4 * sum(hits) / (each * given.tasks):.3f} from {each * given.tasks:,} samples")
