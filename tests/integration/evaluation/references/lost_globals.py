import ray

ray.init()


@ray.remote
def look(first, last):
    return sum(n % 7 == 0 for n in range(first, last + 1))


print("Result:", sum(ray.get([look.remote(f, f + 249) for f in range(1, 1001, 250)])))
