import numpy as np
import ray

ray.init()
ref = ray.put(np.ones(5_000_000))


@ray.remote
def part(a, k):
    n = len(a) // 8
    return a[k * n : (k + 1) * n].sum()


print(f"Result: {sum(ray.get([part.remote(ref, k) for k in range(8)])):.1f}")
