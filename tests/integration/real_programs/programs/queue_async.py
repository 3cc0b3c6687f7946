"""Producers and consumers around a distributed queue, and an async actor."""
import asyncio

import ray
from ray.util.queue import Queue

ray.init()
queue = Queue(maxsize=100)


@ray.remote
def produce(queue, start):
    for n in range(start, start + 50):
        queue.put(n)


@ray.remote
class Averager:
    def __init__(self):
        self.total = self.count = 0

    async def add(self, n):
        await asyncio.sleep(0)
        self.total += n
        self.count += 1

    async def mean(self):
        return self.total / self.count


averager = Averager.remote()
ray.get([produce.remote(queue, start) for start in (0, 50)])
ray.get([averager.add.remote(queue.get()) for _ in range(100)])
print(ray.get(averager.mean.remote()))
