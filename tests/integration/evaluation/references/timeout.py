import time

import ray
from ray.exceptions import GetTimeoutError

ray.init()


@ray.remote
def sleep():
    time.sleep(45)


r = sleep.remote()
try:
    ray.get(r, timeout=2)
except GetTimeoutError:
    print("gave up")
    ray.cancel(r, force=True)
