import numpy as np
import ray

ray.init()


@ray.remote
def res(s):
    r = np.random.default_rng(s)
    return r.choice(np.arange(1, 101), (200, 100)).mean(1)


print("Result:", np.concatenate(ray.get([res.remote(s) for s in range(10)])).std(ddof=1))
