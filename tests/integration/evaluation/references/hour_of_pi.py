# /// script
# [tool.raygen]
# wall = 3600
# [tool.raygen.parameters]
# points = { default = 200_000_000_000, validation = 2_000_000, min = 1_000 }
# seed = { default = 0, min = 0 }
# ///
import argparse

import numpy as np
import ray

parser = argparse.ArgumentParser()
parser.add_argument("--points", type=int, default=200_000_000_000)
parser.add_argument("--seed", type=int, default=0)
options = parser.parse_args()
ray.init()


@ray.remote
def inside(seed, count):
    x, y = np.random.default_rng(seed).random((2, count))
    return int((x * x + y * y < 1).sum())


BATCH = 1_000_000
sizes = [min(BATCH, options.points - start) for start in range(0, options.points, BATCH)]
hits, pending = 0, []
for number, size in enumerate(sizes):
    pending.append(inside.remote([options.seed, number], size))
    if len(pending) > 100:
        ready, pending = ray.wait(pending)
        hits += sum(ray.get(ready))
hits += sum(ray.get(pending))
print("Result:", 4 * hits / options.points)
