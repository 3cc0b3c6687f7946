# /// script
# [tool.raygen.parameters]
# seed = { default = 7, min = 0 }
# ///
import argparse

import numpy as np
import ray

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=7)
options = parser.parse_args()
ray.init()


@ray.remote
def means(data, seed, count):
    chance = np.random.default_rng(seed)
    return [chance.choice(data, len(data)).mean() for _ in range(count)]


data = ray.put(np.random.default_rng(options.seed).normal(5, 1, 1000))
found = sum(ray.get([means.remote(data, [options.seed, n], 50) for n in range(10)]), [])
print("95% interval:", *np.percentile(found, [2.5, 97.5]))
