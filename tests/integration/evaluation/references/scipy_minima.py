# /// script
# dependencies = ["scipy"]
# ///
import numpy as np
import ray
from scipy.optimize import minimize, rosen

ray.init()


@ray.remote
def search(seed):
    found = minimize(rosen, np.random.default_rng(seed).uniform(-2, 2, 2))
    return found.fun, *found.x


print("Best:", min(ray.get([search.remote(seed) for seed in range(8)])))
