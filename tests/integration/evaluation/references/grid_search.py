import ray

ray.init()


@ray.remote
def f(x, y):
    return ((x - 4.5) ** 2 + (y + 1.5) ** 2, x, y)


_, x, y = min(ray.get([f.remote(i / 2, j / 2 - 2) for i in range(13) for j in range(9)]))
print(f"Result: x={x}, y={y}")
