import numpy as np
import ray

ray.init()


@ray.remote
def mean(s):
    r = np.random.default_rng(s)
    return np.mean([r.random(10**6).mean() for _ in range(50)])


print("Result:", np.mean(ray.get([mean.remote(s) for s in range(8)])), "of 400,000,000")
