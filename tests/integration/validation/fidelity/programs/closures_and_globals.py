import ray

FACTOR = 3


def scaled(by):
    @ray.remote
    def scale(x):
        return x * by * FACTOR

    return scale


print(ray.get([scaled(2).remote(x) for x in range(3)]))
