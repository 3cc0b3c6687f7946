import numpy as np
import ray

ray.init()


@ray.remote
def sim(s):
    r = np.random.default_rng(s)
    b = np.sort(r.integers(0, 365, (10000, 23)), axis=1)
    return int((np.diff(b, axis=1) == 0).any(1).sum())


print("Result:", sum(ray.get([sim.remote(s) for s in range(10)])) / 100000)
