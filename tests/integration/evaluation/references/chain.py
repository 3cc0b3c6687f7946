import ray

ray.init()


@ray.remote
def double(x):
    return 2 * x


@ray.remote
def add8(x):
    return x + 8


print("Result:", ray.get(add8.remote(double.remote(21))))
