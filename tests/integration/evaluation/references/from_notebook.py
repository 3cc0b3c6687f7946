import ray

ray.init()


@ray.remote
def squares(start, stop):
    return sum(n * n for n in range(start, stop))


print(sum(ray.get([squares.remote(start, start + 10) for start in range(0, 50, 10)])))
