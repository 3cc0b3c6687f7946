import ray


@ray.remote
def one():
    return 1


try:
    one()
except TypeError as error:
    print(str(error)[:40])
