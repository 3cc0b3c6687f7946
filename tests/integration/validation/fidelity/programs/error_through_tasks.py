import ray


@ray.remote
def inner():
    return {}["missing"]


@ray.remote
def outer():
    return ray.get(inner.remote())


try:
    ray.get(outer.remote())
except KeyError as error:
    print("KeyError", error.args[-1:] if error.args else "")
