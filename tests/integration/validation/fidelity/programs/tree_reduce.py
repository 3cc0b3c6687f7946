import ray


@ray.remote
def add(a, b):
    return a + b


values = [ray.put(x) for x in range(16)]
while len(values) > 1:
    values = [add.remote(a, b) for a, b in zip(values[::2], values[1::2], strict=True)]
print(ray.get(values[0]))
