import time

import ray

ref = ray.remote(lambda: time.sleep(30)).remote()
try:
    ray.get(ref, timeout=0.2)
except ray.exceptions.GetTimeoutError:
    print("too slow")
ray.cancel(ref, force=True)
