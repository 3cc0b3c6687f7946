"""Results that come one by one from a generator task."""
import ray

ray.init()


@ray.remote
def chunks(count):
    for n in range(count):
        yield n * n


print([ray.get(ref) for ref in chunks.remote(5)])
