import ray

ray.init()


@ray.remote
def add(a, b):
    return a + b


xs = list(range(1, 65))
while len(xs) > 1:
    xs = [add.remote(a, b) for a, b in zip(xs[::2], xs[1::2])]
print("Result:", ray.get(xs[0]))
