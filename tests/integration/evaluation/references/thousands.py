import ray

ray.init()


@ray.remote
def me(n):
    return n


print("Result:", sum(ray.get([me.remote(n) for n in range(3000)])))
