import random

import ray

ray.init()


@ray.remote
def sim(s):
    r = random.Random(s)
    w = 0
    for _ in range(1250):
        c = 10
        while 0 < c < 30:
            c += 1 if r.random() < 0.5 else -1
        w += c == 30
    return w


print("Result:", sum(ray.get([sim.remote(s) for s in range(4)])) / 5000)
