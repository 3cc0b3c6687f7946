import ray
from ray.util.queue import Empty, Queue

queue = Queue(maxsize=10)


@ray.remote
def produce(queue):
    for i in range(3):
        queue.put(i)


ray.get(produce.remote(queue))
print([queue.get() for _ in range(3)], queue.empty())
try:
    queue.get(block=False)
except Empty:
    print("empty")
