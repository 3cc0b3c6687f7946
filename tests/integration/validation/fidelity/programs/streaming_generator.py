import ray


@ray.remote
def count(n):
    for i in range(n):
        yield i * 10


print([ray.get(ref) for ref in count.remote(4)])
