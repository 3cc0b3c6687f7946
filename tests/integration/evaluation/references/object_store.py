import ray

ray.init()
ref = ray.put(list(range(1, 100001)))


@ray.remote
def part(xs, k):
    return sum(xs[k * 25000 : (k + 1) * 25000])


print("Result:", sum(ray.get([part.remote(ref, k) for k in range(4)])))
