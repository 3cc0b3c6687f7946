import random

import ray

ray.init()


@ray.remote
def hits(s):
    r = random.Random(s)
    return sum(r.random() ** 2 + r.random() ** 2 <= 1 for _ in range(10000))


print("Result:", 4 * sum(ray.get([hits.remote(s) for s in range(100)])) / 1e6)
