import random

import ray

ray.init()


@ray.remote
def play(s):
    r = random.Random(s)
    return sum(r.randrange(3) != r.randrange(3) for _ in range(10000))


print("Result:", sum(ray.get([play.remote(s) for s in range(10)])) / 100000)
