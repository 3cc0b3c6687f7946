import time

import ray


@ray.remote
def forever():
    while True:
        time.sleep(0.05)


ref = forever.remote()
time.sleep(0.5)
ray.cancel(ref)
try:
    ray.get(ref, timeout=20)
except ray.exceptions.TaskCancelledError:
    print("cancelled")
