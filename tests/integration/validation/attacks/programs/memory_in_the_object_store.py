# expect: out_of_memory failed timed_out
import numpy as np
import ray

held = [ray.put(np.ones(10_000_000)) for _ in range(200)]
