import ray


class Mine(Exception):
    pass


@ray.remote
def fail():
    raise Mine("with a reason", 3)


try:
    ray.get(fail.remote())
except Mine as error:
    print(isinstance(error, ray.exceptions.RayTaskError), error.cause, error.cause.args)
