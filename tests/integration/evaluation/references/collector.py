import random

import ray

ray.init()


@ray.remote
def sim(s):
    r = random.Random(s)
    t = 0
    for _ in range(10000):
        seen = set()
        while len(seen) < 6:
            seen.add(r.randrange(6))
            t += 1
    return t


print("Result:", sum(ray.get([sim.remote(s) for s in range(5)])) / 50000)
