import ray


@ray.remote(num_returns=3)
def three():
    return 1, "two", [3.0]


print([ray.get(ref) for ref in three.remote()])
