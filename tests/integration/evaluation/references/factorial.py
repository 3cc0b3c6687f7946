import math

import ray

ray.init()


@ray.remote
def prod(a, b):
    return math.prod(range(a, b + 1))


print("Result:", math.prod(ray.get([prod.remote(1, 10), prod.remote(11, 20)])))
