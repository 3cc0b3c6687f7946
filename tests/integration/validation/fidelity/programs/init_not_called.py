import ray


@ray.remote
def one():
    return 1


print(ray.is_initialized())
print(ray.get(one.remote()), ray.is_initialized())
