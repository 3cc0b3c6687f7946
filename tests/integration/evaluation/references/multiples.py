import ray

ray.init()


@ray.remote
def part(lo, hi):
    return sum(n for n in range(lo, hi) if n % 3 == 0 or n % 5 == 0)


print("Result:", sum(ray.get([part.remote(200 * k, 200 * k + 200) for k in range(5)])))
