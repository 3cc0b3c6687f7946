import ray

ray.init()


@ray.remote
def sq(a, b):
    return [n * n for n in range(a, b)]


xs = [x for p in ray.get([sq.remote(k * 30000 + 1, (k + 1) * 30000 + 1) for k in range(10)]) for x in p]
print(*xs[-3:], sep="\n")
