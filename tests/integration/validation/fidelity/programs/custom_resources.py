import ray


@ray.remote(resources={"special": 1})
def task():
    return "special"


@ray.remote(resources={"special": 0.5}, num_cpus=1)
class Actor:
    def ping(self):
        return "pong"


print(ray.get(task.remote()), ray.get(Actor.remote().ping.remote()))
print(ray.get(task.options(resources={"special": 2}).remote()))
