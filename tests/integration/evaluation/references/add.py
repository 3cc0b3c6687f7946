import ray

ray.init()


@ray.remote
def add(a, b):
    return a + b


print("Result:", ray.get(add.remote(4817, 3906)))
