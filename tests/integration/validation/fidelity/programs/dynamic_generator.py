import ray


@ray.remote(num_returns="dynamic")
def split(text, size):
    for at in range(0, len(text), size):
        yield text[at : at + size]


@ray.remote
def sizes(parts):
    return [len(ray.get(part)) for part in parts]


parts = ray.get(split.remote("generators", 4))
print([ray.get(part) for part in parts], ray.get(sizes.remote(parts)))
