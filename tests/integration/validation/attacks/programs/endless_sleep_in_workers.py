# expect: timed_out
import time
import ray

ray.get([ray.remote(lambda: time.sleep(1000)).remote() for _ in range(3)])
