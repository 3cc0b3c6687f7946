# lines: those that begin with `>`; Ray has its own to say
import os

import ray


@ray.remote(max_retries=0)
def crash():
    os._exit(1)


try:
    ray.get(crash.remote())
except ray.exceptions.WorkerCrashedError as error:
    print(">", type(error).__name__)
print(">", ray.get(ray.remote(lambda: "still there").remote()))
