import ray

ray.init()


@ray.remote
def part(a, b):
    return sum(range(a, b))


@ray.remote
def total():
    return sum(ray.get([part.remote(k * 200 + 1, k * 200 + 201) for k in range(5)]))


print("Result:", ray.get(total.remote()))
