import ray


@ray.remote
class Broken:
    def __init__(self):
        raise ValueError("can't start")

    def ping(self):
        return 1


try:
    ray.get(Broken.remote().ping.remote())
except ray.exceptions.RayActorError as error:
    print(type(error).__name__, "can't start" in str(error))
