import numpy as np
import ray

ray.init()


@ray.remote(num_cpus=1)
def mean(s):
    return float(np.random.default_rng(s).random(10_000_000).mean())


print("Result:", np.mean(ray.get([mean.remote(s) for s in range(40)])))
