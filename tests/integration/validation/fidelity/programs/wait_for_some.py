import time

import ray


@ray.remote
def after(seconds):
    time.sleep(seconds)
    return seconds


refs = [after.remote(0.0), after.remote(600)]
ready, waiting = ray.wait(refs, num_returns=1, timeout=60)
print(ray.get(ready), len(waiting), ray.wait(waiting, timeout=0.01)[0])
ray.cancel(waiting[0], force=True)
