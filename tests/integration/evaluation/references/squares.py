import ray

ray.init()


@ray.remote
def sq(n):
    return n * n


print(f"Result: {sum(ray.get([sq.remote(n) for n in range(1, 101)])):,}")
