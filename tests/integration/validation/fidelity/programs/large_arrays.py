import numpy as np

import ray

array = np.arange(1_000_000)
ref = ray.put(array)


@ray.remote
def total(a):
    return int(a.sum()), a.flags.writeable


print(ray.get([total.remote(ref) for _ in range(3)]))
print(ray.get(ref).flags.writeable)
