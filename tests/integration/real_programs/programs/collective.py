# /// script
# dependencies = ["torch"]
# ///
"""Sum gradients between actors by an all-reduce."""
import numpy as np
import ray
from ray.util import collective

WORKERS = 2


@ray.remote(num_cpus=0.5)
class Worker:
    def __init__(self, rank):
        self.gradient = np.full(4, rank + 1, dtype=np.float32)

    def join(self, world, rank):
        collective.init_collective_group(world, rank, backend="gloo", group_name="workers")

    def reduce(self):
        collective.allreduce(self.gradient, group_name="workers")
        return self.gradient.tolist()


ray.init()
workers = [Worker.remote(rank) for rank in range(WORKERS)]
ray.get([worker.join.remote(WORKERS, rank) for rank, worker in enumerate(workers)])
print(ray.get([worker.reduce.remote() for worker in workers]))
