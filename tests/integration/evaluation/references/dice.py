import numpy as np
import ray

ray.init()


@ray.remote
def throw(s):
    r = np.random.default_rng(s)
    return int((r.integers(1, 7, (25000, 2)).sum(1) == 7).sum())


print("Result:", sum(ray.get([throw.remote(s) for s in range(8)])) / 200000)
