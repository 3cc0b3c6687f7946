import numpy as np
import ray

ray.init()


@ray.remote
def count(lo, hi):
    s = np.ones(hi - lo, bool)
    for p in range(2, int(hi**0.5) + 1):
        s[max(p * p, (lo + p - 1) // p * p) - lo :: p] = False
    if lo < 2:
        s[: 2 - lo] = False
    return int(s.sum())


print("Result:", sum(ray.get([count.remote(k * 100000, (k + 1) * 100000) for k in range(10)])) + 0)
