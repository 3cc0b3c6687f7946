import random

import ray

ray.init()


@ray.remote(max_retries=20, retry_exceptions=True)
def flaky(n):
    if random.random() < 0.3:
        raise RuntimeError("bad luck")
    return n


print("Result:", sum(ray.get([flaky.remote(n) for n in range(10)])))
