import ray

ray.init()


@ray.remote
def odd(lo):
    return sum(range(lo + 1, lo + 100, 2))


print("Result:", sum(ray.get([odd.remote(k * 100) for k in range(6)])))
