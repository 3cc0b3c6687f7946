import ray

ray.init()


@ray.remote
def add(a, b):
    return a + b


print(f"Result: {ray.get(add.remote(1, 2))}")
